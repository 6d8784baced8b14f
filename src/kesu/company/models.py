"""The company, its sites and departments, its people and their roles, its opening hours and its procedure's versions."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from kesu.company.rows import Row


class ProcedureVersion(Row):
    """One published version of the written procedure: the pack's text as it was, and since when it counts.

    A case keeps the version in force at its receipt; rows are never changed after a case refers to them.
    """

    company = models.ForeignKey("Company", on_delete=models.PROTECT, related_name="versions")
    pack_id = models.CharField(max_length=60)
    version = models.CharField(max_length=60)
    effective = models.DateField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    published_by = models.ForeignKey("Person", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    drafted_by = models.ForeignKey("Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # published_by approved it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "digest"], name="version_once_per_company")]
        indexes = [models.Index(fields=["company", "-effective", "-id"], name="version_in_force")]


class ProcedureDraft(Row):
    """A procedure that is being written; it may be wrong for a while, and no case ever reads it."""

    company = models.ForeignKey("Company", on_delete=models.CASCADE, related_name="drafts")
    name = models.CharField(max_length=60)
    based_on = models.ForeignKey(ProcedureVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    created_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey("Person", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    changes = models.PositiveIntegerField(default=1)  # one more with every change: whoever has seen less comes too late


class Company(Row):
    """A service company (tenant): every other row leads back to one."""

    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60, default="Asia/Shanghai")
    phone = models.CharField(max_length=40, blank=True)
    founded_at = models.DateTimeField()
    confirmed_until = models.DateField(null=True, blank=True)  # the company has entered the announced days up to here
    changes = models.BigIntegerField(default=0)  # another number after every change of anything standing (company.standing)


class Site(Row):
    """A place where the company serves: 管理处, 门店. Opening hours are weekday → windows in minutes from midnight."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField(max_length=12)  # stands in the case number
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    door = models.CharField(max_length=40, unique=True)  # the public address of the customer's page
    hours = models.JSONField(default=dict)  # {"0": [[510, 720], [810, 1080]], …} Monday is 0
    special = models.JSONField(default=dict)  # {"2026-11-20": [[540, 720]]} half days, one-off openings and closings
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="site_code_once")]

    def __str__(self) -> str:
        return self.name


class Department(Row):
    """A department of a site; `kind` is a department id of the pack."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="departments")
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="department_once_per_site")]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login=username)


class Person(AbstractBaseUser, Row):
    """Someone who works for the company and signs in."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="people")
    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    by_email = models.BooleanField(default=True)  # wants notices by e-mail as well
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=5, blank=True)  # "", light, dark
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True)  # since when they do not work here any more
    gone_at = models.DateTimeField(null=True)  # when name and account were let go of: nobody comes back to this row

    objects = PersonManager()
    USERNAME_FIELD = "login"

    def __str__(self) -> str:
        return self.name


class Grant(Row):
    """A role (id of the pack) given to a person: for the whole company, one site, or one department."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=60)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role", "site", "department"], name="grant_once", nulls_distinct=False)]
        indexes = [models.Index(fields=["role", "site"], name="grant_by_role")]


class OfficialDay(Row):
    """A day that the company itself has entered beside the shipped calendar: off, or a make-up working day."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="official_days")
    date = models.DateField()
    kind = models.CharField(max_length=4, choices=[("off", "off"), ("work", "work")])
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "date"], name="official_day_once")]


class WorkerBeat(Row):
    """A worker's sign of life."""

    name = models.CharField(max_length=80, unique=True)
    pid = models.IntegerField()
    host = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
