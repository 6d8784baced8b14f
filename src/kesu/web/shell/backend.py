"""Who is signed in: the person with their company in one query; what they may do is remembered by the process (company.standing)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet
from django.http import HttpRequest

from kesu.company.models import Person
from kesu.company.prepared import ask


class PeopleBackend(BaseBackend):
    """Signs people in by login and password; people who have left are nobody."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Person | None:
        """None when login or password is wrong, after the same work either way."""
        person = Person.objects.select_related("company").filter(login=(username or "").strip(), is_active=True).first()
        if person is None:
            make_password(password or "")
            return None
        return person if check_password(password or "", person.password, setter=_rehash(person, password or "")) else None

    def get_user(self, user_id: int) -> Person | None:
        """The person with the company, or None for somebody who has left."""
        found: list[Person] = ask(_active, key=None, pk=user_id)
        return found[0] if found else None


def _active(pk: int) -> QuerySet[Person]:
    return Person.objects.select_related("company").filter(pk=pk, is_active=True)


def _rehash(person: Person, password: str) -> Any:
    """A password hashed by older settings is hashed anew."""

    def setter(_: str) -> None:
        person.set_password(password)
        person.save(update_fields=["password"])

    return setter
