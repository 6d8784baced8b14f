"""People: taken on, given roles, changed, dismissed; their passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from kesu.company.actions.asking import allowed, needed
from kesu.company.models import Department, Grant, Person, Site
from kesu.procedure.pack import Role
from kesu.procedure.refused import Refused

WEAKNESSES = {
    "password_too_common": ("太常见，容易被猜到，换一个", "too common and easily guessed, choose another"),
    "password_too_similar": ("和姓名或登录名太像，换一个", "too much like the name or login, choose another"),
}
LOGIN = re.compile(r"[A-Za-z0-9._@+-]{2,60}")


@dataclass(frozen=True)
class Particulars:
    """What is known of a person beside the login."""

    name: str
    phone: str = ""
    email: str = ""
    by_email: bool = True


def checked_login(login: str, but: int | None = None) -> str:
    """A login that nobody has. Raises Refused beside `login`."""
    login = login.strip()
    if not LOGIN.fullmatch(login):
        raise Refused("login", "登录名用 2 到 60 个字母、数字或 . _ - @ +", "2 to 60 letters, digits or . _ - @ +", field="login")
    if Person.objects.filter(login__iexact=login).exclude(pk=but or 0).exists():
        raise Refused("login_taken", "这个登录名已有人用", "somebody has this login", field="login")
    return login


def checked_password(password: str, person: Person, field: str) -> str:
    """A password that is good enough. Raises Refused beside the field with every reason, in both languages."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        zh, en = zip(*(_weakness(one) for one in error.error_list), strict=True)
        raise Refused("weak_password", "；".join(zh), "; ".join(en), field=field) from error
    return password


def _weakness(error: ValidationError) -> tuple[str, str]:
    if error.code == "password_too_short":
        least = (error.params or {})["min_length"]
        return f"太短，至少 {least} 个字符", f"too short: at least {least} characters"
    return WEAKNESSES.get(error.code or "", ("这个密码不够安全，换一个", "not safe enough, choose another"))


def checked_email(email: str) -> str:
    """An address or nothing. Raises Refused beside `email`."""
    email = email.strip()
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise Refused("email", "这不是邮箱地址", "this is not an e-mail address", field="email") from error
    return email


def _put(person: Person, given: Particulars) -> None:
    person.name = needed(given.name, "name", "写上姓名", "give the name", 60)
    person.phone, person.email, person.by_email = given.phone.strip()[:40], checked_email(given.email), given.by_email


@transaction.atomic
def add_person(by: Person, *, login: str, given: Particulars, password: str, at: datetime) -> Person:
    """Take somebody on. Without a grant they see nothing yet."""
    allowed(by, at)
    person = Person(company_id=by.company_id, login=checked_login(login))
    _put(person, given)
    person.set_password(checked_password(password, person, "password"))
    person.save()
    return person


@transaction.atomic
def enlist(by: Person, *, login: str, given: Particulars, at: datetime) -> Person:
    """Take somebody on without a password: they cannot sign in until they are given one. For many at once."""
    allowed(by, at)
    person = Person(company_id=by.company_id, login=checked_login(login))
    _put(person, given)
    person.set_unusable_password()
    person.save()
    return person


@transaction.atomic
def edit_person(by: Person, person_id: int, *, login: str, given: Particulars, at: datetime) -> Person:
    """Change name, login, telephone, e-mail."""
    allowed(by, at)
    person = colleague(by, person_id)
    person.login = checked_login(login, but=person.pk)
    _put(person, given)
    person.save()
    return person


def colleague(by: Person, person_id: int) -> Person:
    """A person of the same company, locked. Raises Person.DoesNotExist."""
    return Person.objects.select_for_update(of=("self",)).select_related("company").get(pk=person_id, company_id=by.company_id)


@transaction.atomic
def set_password(by: Person, person_id: int, password: str, at: datetime) -> Person:
    """Give somebody a new password; their sessions end."""
    allowed(by, at)
    person = colleague(by, person_id)
    person.set_password(checked_password(password, person, "password"))
    person.save(update_fields=["password"])
    return person


@transaction.atomic
def change_password(person: Person, old: str, new: str) -> Person:
    """Change one's own password, knowing the old one; other sessions end."""
    row = colleague(person, person.pk)
    if not row.check_password(old):
        raise Refused("wrong_password", "现在的密码不对", "the present password is wrong", field="old")
    row.set_password(checked_password(new, row, "new"))
    row.save(update_fields=["password"])
    return row


@transaction.atomic
def change_own(person: Person, *, phone: str, email: str, by_email: bool) -> Person:
    """Change one's own telephone and how one is told."""
    row = colleague(person, person.pk)
    row.phone, row.email, row.by_email = phone.strip()[:40], checked_email(email), by_email
    row.save(update_fields=["phone", "email", "by_email"])
    return row


def choose(person: Person, **choice: str) -> None:
    """Remember the person's `language` or `theme`; nothing that others see changes."""
    for name, value in choice.items():
        setattr(person, name, value)
    person.save(update_fields=list(choice))


@transaction.atomic
def dismiss(by: Person, person_id: int, at: datetime) -> Person:
    """Somebody has left: no sign-in, no notices, nothing falls to them any more; what they did stays theirs on record."""
    allowed(by, at)
    person = colleague(by, person_id)
    _somebody_else_sets_up(by, person, at)
    if person.is_active:
        person.is_active, person.left_at = False, at
        person.save(update_fields=["is_active", "left_at"])
    return person


@transaction.atomic
def reinstate(by: Person, person_id: int, at: datetime) -> Person:
    """Somebody is back, with the roles they had. Raises Refused for one whose data were let go of."""
    allowed(by, at)
    person = colleague(by, person_id)
    if person.gone_at is not None:
        raise Refused("erased", "已经去标识化，回来的话按新人登记", "let go of for good: somebody who comes back is taken on anew")
    person.is_active, person.left_at = True, None
    person.save(update_fields=["is_active", "left_at"])
    return person


def _somebody_else_sets_up(by: Person, but: Person, at: datetime, less: Grant | None = None) -> None:
    """Raises Refused when nobody would be left who may open the set-up page."""
    rights = allowed(by, at)
    roles = {role.id for role in rights.pack.roles if "setup" in role.pages}
    rest = Grant.objects.filter(role__in=roles, person__company_id=by.company_id, person__is_active=True)
    rest = rest.exclude(pk=less.pk) if less else rest.exclude(person=but)
    if not rest.exists():
        raise Refused(
            "last_administrator",
            "只剩这一个人能改设置，先给别人这个岗位",
            "nobody else may change the set-up: give the role to somebody first",
        )


@transaction.atomic
def grant(by: Person, person_id: int, *, role: str, site_id: int | None = None, department_id: int | None = None, at: datetime) -> Grant:
    """Give a role: for the whole company, a site or a department, as the pack's level for it says. The same twice is one grant."""
    rights = allowed(by, at)
    person, row = colleague(by, person_id), rights.pack.find("roles", role)
    if row is None:
        raise Refused("no_such_role", "请选一个岗位", "choose a role", field="role")
    site, department = _scope(by, row, site_id, department_id)
    return Grant.objects.get_or_create(person=person, role=role, site=site, department=department)[0]


def _scope(by: Person, role: Role, site_id: int | None, department_id: int | None) -> tuple[Site | None, Department | None]:
    if role.level == "company":
        return None, None
    if role.level == "department":
        if department_id is None:
            raise Refused("missing", f"{role.name}要选部门", f"choose a department for {role.name_en}", field="place")
        department = Department.objects.select_related("site").get(pk=department_id, site__company_id=by.company_id)
        return department.site, department
    if site_id is None:
        raise Refused("missing", f"{role.name}要选服务点", f"choose a site for {role.name_en}", field="place")
    return Site.objects.get(pk=site_id, company_id=by.company_id), None


@transaction.atomic
def revoke(by: Person, grant_id: int, at: datetime) -> Person:
    """Take a role back."""
    allowed(by, at)
    row = Grant.objects.select_related("person").get(pk=grant_id, person__company_id=by.company_id)
    person = row.person
    _somebody_else_sets_up(by, person, at, less=row)
    row.delete()
    return person
