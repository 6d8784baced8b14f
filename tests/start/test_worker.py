"""The worker's loop: one chore's trouble is nobody else's."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from kesu.company.models import WorkerBeat
from kesu.config import worker
from kesu.config.now import now

AT = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
done: list[datetime] = []


def rings(at):
    done.append(at)
    return 3 - len(done) if len(done) < 3 else 0


def breaks(at):
    raise RuntimeError("a chore that breaks")


class Rounds:
    """An ending that comes after so many waits."""

    def __init__(self, waits: int) -> None:
        self.left, self.waited = waits, 0

    @property
    def asked(self):
        return self.left <= 0

    def wait(self, seconds):
        self.left, self.waited = self.left - 1, self.waited + 1
        return self.asked


def test_a_failing_chore_rests_longer_each_time_and_recovers(caplog):
    time = [0.0]
    works = [False]

    def work(at):
        if not works[0]:
            raise RuntimeError("not yet")
        return 1

    chore = worker.Chore("a.chore", work, clock=lambda: time[0])
    rests = []
    for _ in range(8):
        assert chore.do(AT) == 0
        rests.append(chore._rests_until - time[0])
        time[0] = chore._rests_until
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(caplog.records) == 8
    works[0] = True
    assert chore.do(AT) == 1


def test_a_resting_chore_is_left_alone():
    time, tries = [0.0], []
    chore = worker.Chore("a.chore", lambda at: tries.append(at) or 1 / 0, clock=lambda: time[0])
    chore.do(AT), chore.do(AT)
    assert len(tries) == 1


@pytest.mark.django_db(transaction=True)
def test_the_loop_goes_on_beside_a_broken_chore_and_at_once_while_there_is_work():
    done.clear()
    ending = Rounds(2)
    worker.run(ending, [f"{__name__}.breaks", f"{__name__}.rings"])
    assert len(done) == 4, "2, 1, 0 things were done without waiting, and once more after the wait"
    assert ending.waited == 2
    assert all(at.microsecond == 0 for at in done)


@pytest.mark.django_db(transaction=True)
def test_the_worker_shows_that_it_lives_and_says_goodbye():
    seen = []
    with worker.Beat() as beat:
        deadline = threading.Event()
        while not seen and not deadline.wait(0.05):
            seen = list(WorkerBeat.objects.all())
    assert seen[0].name == beat.name and abs(seen[0].beat_at - now()) < timedelta(seconds=5)
    assert not WorkerBeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_stuck_worker_gives_no_sign_of_life(monkeypatch):
    monkeypatch.setattr(worker, "STUCK_AFTER", -1)
    beat = worker.Beat()
    beat._over.set()
    beat._beat()
    assert not WorkerBeat.objects.exists()


@pytest.mark.django_db
def test_long_dead_workers_are_forgotten():
    old = now() - timedelta(days=2)
    WorkerBeat.objects.create(name="gone:1", pid=1, host="gone", started_at=old, beat_at=old)
    beat = worker.Beat()
    beat._write(), beat._write()
    assert [row.name for row in WorkerBeat.objects.all()] == [beat.name]


def test_a_missing_chore_is_skipped_with_a_word(caplog):
    chores = worker.found_chores([f"{__name__}.rings", "kesu.channels.pigeons.fly", "kesu.nowhere.at_all"])
    assert [chore.name for chore in chores] == [f"{__name__}.rings"]
    assert "kesu.channels.pigeons.fly does not exist" in caplog.text


def test_a_chore_that_lacks_a_package_is_not_mistaken_for_missing(tmp_path, monkeypatch):
    (tmp_path / "needy.py").write_text("import a_package_that_is_not_there")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError):
        worker.found_chores(["needy.work"])
