"""Living: a clock that jumps from one thing to the next, and everything that is done on the way through the real actions."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.db.models import Max

from kesu.company.models import Company
from kesu.company.rights import rights_of
from kesu.complaints import routines
from kesu.complaints.actions.reading import read_all
from kesu.complaints.models import Notice
from kesu.complaints.ringing import ring_due
from kesu.improvement import looking, ringing
from kesu.insights.actions.exposing import enter, may_enter, measures
from kesu.performance import ringing as reviewringing
from kesu.performance.actions.opening import open_due
from kesu.procedure.refused import Refused
from kesu.reporting import ringing as reportringing
from kesu.simulation import afterwards, duties, lookingback, reports
from kesu.simulation.course import Course, Days
from kesu.simulation.founding import Founded, found
from kesu.simulation.plan import Plan, draw, of_scandal, of_today
from kesu.simulation.staff import Staff
from kesu.simulation.story import Matter, Story, told

A_MONTH = 92  # complaints, in all sites together
HOURS = (2, 1, 1, 1, 1, 2, 5, 10, 16, 18, 16, 14, 10, 9, 11, 13, 13, 14, 16, 18, 17, 14, 10, 5)  # when people ring
NIGHT = (10, 8, 4, 2, 1, 1, 3, 4, 4, 3, 2, 2, 4, 3, 2, 2, 2, 3, 6, 9, 12, 16, 18, 16)  # when it is noise
WEEKDAYS = (1.15, 1.0, 0.95, 0.95, 1.0, 1.05, 0.9)
IN_SEASON = 3.0
DUTY_HOURS = (0, 8)
LOOKS_EVERY = 3  # days: the worker itself looks far more often whether a complaint has come again
ARCHIVE_DAY, ARCHIVE_HOUR = 27, 10
WORKER_WAKES = timedelta(seconds=60)  # the worker looks once a minute
UNREAD = timedelta(days=2)  # what is younger has not been read by everybody yet


class Life:
    """The company between its founding and `until`."""

    def __init__(self, story: Story, founded: Founded, seed: int, begin: datetime, until: datetime) -> None:
        self.story, self.founded, self.seed, self.begin, self.until = story, founded, seed, begin, until
        self.staff = Staff(founded)
        self.queue: list[tuple[datetime, int, Days, Course | None]] = []
        self.order = itertools.count()
        self.group: dict[str, int] = {}
        self.duties: set[int] = set()  # those that somebody has in mind already
        self.reviews: set[int] = set()  # self-reviews likewise
        self.now = begin  # never goes back: neither people nor the worker do anything before what is done already

    # what will happen
    def plan_all(self) -> list[Plan]:
        """Every complaint of the time, by its own chance."""
        rng, plans, n = Random(f"{self.seed}:arrivals"), [], 0
        for day in self._days():
            for _ in range(_poisson(rng, A_MONTH / 30.4 * WEEKDAYS[day.weekday()])):
                n += 1
                plans.append(self._ordinary(n, day))
        for scandal in self.story.scandals:
            for which, share in enumerate(scandal.at):
                n += 1
                plan = self._ordinary(n, (self.begin + (self.until - self.begin) * share).date(), scandal.site)
                plan.at = plan.at.replace(hour=plan.rng.randint(*scandal.hour))
                plans.append(of_scandal(self.founded.pack, plan, scandal, which))
        for today in self.story.today:
            n += 1
            plan = self._ordinary(n, self.until.date(), today.site)
            matter = next(row for row in self.story.matters if row.category == today.category)
            plans.append(of_today(self.founded.pack, plan, matter, today, self.until))
        return [plan for plan in plans if self.begin <= plan.at < self.until - (timedelta(minutes=30) if not plan.stop else timedelta())]

    def _days(self) -> list[date]:
        first, last = self.begin.date(), self.until.date()
        return [first + timedelta(n) for n in range((last - first).days + 1)]

    def _ordinary(self, n: int, day: date, code: str = "") -> Plan:
        rng = Random(f"{self.seed}:case:{n}")
        code = code or rng.choices([row.code for row in self.story.sites], weights=[row.share for row in self.story.sites])[0]
        matter = self._matter(rng, day)
        hour = rng.choices(range(24), weights=NIGHT if matter.night else HOURS)[0]
        at = datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=self.staff.zone)
        resident = rng.choice(self.founded.residents[code])
        return draw(self.story, self.founded.pack, n, rng, self.founded.sites[code], at, resident, matter)

    def _matter(self, rng: Random, day: date) -> Matter:
        weights = [row.weight * (IN_SEASON if day.month in row.season else 1 if not row.season else 0.4) for row in self.story.matters]
        return rng.choices(self.story.matters, weights=weights)[0]

    # what happens
    def live(self, told_of: Callable[[date], None] = lambda day: None) -> None:
        """Everything, in the order of time, one transaction a day."""
        for plan in self.plan_all():
            course = Course(self.story, self.staff, plan, self.group)
            self._start(course.live(), course)
        for day in self._days():
            midnight = datetime(day.year, day.month, day.day, tzinfo=self.staff.zone) + timedelta(days=1)
            if day.day == ARCHIVE_DAY:
                self._start(afterwards.archive(self.staff, midnight - timedelta(hours=24 - ARCHIVE_HOUR)), None)
            self._start(self._duties(midnight - timedelta(hours=24)), None)
            with transaction.atomic():
                self._until(min(midnight, self.until))
            told_of(day)
        for ring in (ringing.ring_due, reviewringing.ring_due, reportringing.ring_due):
            ring(self.until)
        looking.look_due(self.until)

    def _duties(self, midnight: datetime) -> Days:
        """What comes round without a complaint: opened and rung at midnight and in the morning, done by those who owe it."""
        for hour in DUTY_HOURS:
            at = yield midnight + timedelta(hours=hour, minutes=5)
            routines.start_due(at)
            ringing.ring_due(at)
            if hour == DUTY_HOURS[0] and at.toordinal() % LOOKS_EVERY == 0:
                looking.look_due(at)
            for duty in duties.opened(self.duties):
                self.duties.add(duty.pk)
                self._start(duties.do(self.staff, Random(f"{self.seed}:duty:{duty.site_id}:{duty.routine}:{duty.due_at:%F}"), duty), None)
            self._reviews(at)
            self._reports(at)

    def _reviews(self, at: datetime) -> None:
        """Self-reviews that opened, and what was not written in time."""
        reviewringing.ring_due(at)
        if at.day > 2 or not open_due(at):
            return
        for row in lookingback.opened(self.reviews):
            self.reviews.add(row.pk)
            self._start(lookingback.look_back(self.staff, Random(f"{self.seed}:review:{row.number}"), row), None)

    def _reports(self, at: datetime) -> None:
        """Reports that are drafted in the night after their month, and what was not commented or approved in time."""
        reportringing.ring_due(at)
        for row in reports.drafted(self.founded.company, at, self.until) if at.day == 1 else ():
            self._start(reports.hand_in(self.staff, Random(f"{self.seed}:report:{row.number}"), row), None)

    def _start(self, course: Days, whose: Course | None) -> None:
        self._resume(course, None, whose)

    def _push(self, when: datetime, course: Days, whose: Course | None) -> None:
        heapq.heappush(self.queue, (when, next(self.order), course, whose))

    def _until(self, end: datetime) -> None:
        while self.queue and self.queue[0][0] < end:
            when, _, course, whose = heapq.heappop(self.queue)
            self._ring(when)
            self.now = max(self.now, when)
            self._resume(course, self.now, whose)
        self._ring(end)

    def _resume(self, course: Days, at: datetime | None, whose: Course | None) -> None:
        try:
            when = next(course) if at is None else course.send(at)
        except StopIteration:
            when = None
        if whose:
            for beside in whose.beside:
                self._start(beside, None)
            whose.beside.clear()
        if when is not None:
            when = when.replace(microsecond=0)
            self._push(max(when, self.now), course, whose)

    def _ring(self, until: datetime) -> None:
        """The worker at its work: it rings what fell due, as often as it would have woken."""
        while (first := _next_ring(until)) is not None:
            self.now = max(self.now, min(until, first + WORKER_WAKES))
            ring_due(self.now)


# Asked before everything that happens, some ten thousand times: spelt out, so that it costs next to nothing.
_FIRST_CLOCK = "SELECT MIN(next_ring_at) FROM complaints_clock WHERE next_ring_at <= %s AND state = 'running'"
_FIRST_PAUSE = "SELECT MIN(ends_by) FROM complaints_pause WHERE ended_at IS NULL AND ends_by <= %s"


def _next_ring(until: datetime) -> datetime | None:
    """When the worker has something to do next, up to `until`."""
    limit = connection.ops.adapt_datetimefield_value(until)
    found = []
    with connection.cursor() as cursor:
        for question in (_FIRST_CLOCK, _FIRST_PAUSE):
            cursor.execute(question, [limit])
            found.append(cursor.fetchone()[0])
    return min((_read(moment) for moment in found if moment is not None), default=None)


def _read(stored: datetime | str) -> datetime:
    """SQLite keeps instants as text in UTC."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _poisson(rng: Random, mean: float) -> int:
    """How many ring today."""
    total, count = rng.expovariate(1.0), 0
    while total < mean:
        total, count = total + rng.expovariate(1.0), count + 1
    return count


def months_before(until: datetime, months: int) -> datetime:
    """The same day so many months earlier (the 28th at the latest), at midnight."""
    years, month = divmod(until.year * 12 + until.month - 1 - months, 12)
    return until.replace(year=years, month=month + 1, day=min(until.day, 28), hour=0, minute=0, second=0, microsecond=0)


def fill(*, seed: int, months: int, until: datetime, told_of: Callable[[date], None] = lambda day: None) -> Founded:
    """Fill an empty installation by living `months` up to `until` (aware). Refused when there is a company already.

    One transaction: broken off in the middle, it leaves an empty installation and not a company whose time stands still.
    """
    if Company.objects.exists():
        raise Refused(
            "not_empty",
            "这里已经有公司的资料，演示数据只能装进空的安装；请用 --data 另选目录",
            "there is a company here already; the demonstration needs an empty installation: choose another directory with --data",
        )
    with transaction.atomic():
        founded = found(told(), seed, months_before(until, months) - timedelta(days=30))
        until = until.astimezone(Staff(founded).zone)
        life = Life(told(), founded, seed, months_before(until, months), until)
        life.live(told_of)
        _read_old_notices(founded, until)
        _say_how_many_homes(founded, months_before(until, months), until)
    return founded


def _say_how_many_homes(founded: Founded, since: datetime, until: datetime) -> None:
    """Whoever makes the company's reports enters what complaints are set against, for every month."""
    person = next((row.person for row in founded.workers if may_enter(rights_of(row.person, until))), None)
    months = [date(n // 12, n % 12 + 1, 1) for n in range(since.year * 12 + since.month - 1, until.year * 12 + until.month)]
    for measure in measures(founded.company, until) if person else ():
        for code, site in founded.sites.items():
            enter(person, site.pk, measure.id, dict.fromkeys(months, founded.rows[code].homes.all), until)  # type: ignore[arg-type]


def _read_old_notices(founded: Founded, until: datetime) -> None:
    """People have read what they were told, but for the last days."""
    last = Notice.objects.filter(at__lt=until - UNREAD).aggregate(last=Max("pk"))["last"]
    for worker in founded.workers if last else []:
        read_all(worker.person, until - UNREAD, up_to=last)
