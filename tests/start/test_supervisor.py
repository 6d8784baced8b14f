"""Children that die are started again, ever more slowly; a port that is taken is told."""

import pytest

from kesu.config import door as doors
from kesu.config import supervisor


class Dies:
    """A process that has ended with code 1 as soon as it is looked at."""

    def poll(self):
        return 1


class Lives:
    def poll(self):
        return None


def test_a_child_that_dies_again_and_again_is_started_ever_more_slowly(capsys):
    time = [100.0]
    child = supervisor.Child("web", Dies, clock=lambda: time[0])
    waits = []
    for _ in range(8):
        child.look_after()  # starts
        assert child.process
        child.look_after()  # has died
        assert child.process is None
        waits.append(round(child.next_look(), 3))
        time[0] += child.next_look() - 0.01
        child.look_after()
        assert child.process is None, "not before its time"
        time[0] += 0.02
    assert waits == [0.2, 0.5, 1, 2, 5, 10, 10, 10]
    assert "web 意外结束（1）" in capsys.readouterr().err


def test_a_child_that_had_been_steady_is_started_at_once():
    time = [100.0]
    child = supervisor.Child("work", Dies, clock=lambda: time[0])
    child.failures = 5
    child.look_after()
    time[0] += supervisor.STEADY + 1
    child.look_after()
    assert child.next_look() == pytest.approx(supervisor.DELAYS[0])


def test_a_living_child_is_left_alone():
    started = []
    child = supervisor.Child("work", lambda: started.append(1) or Lives())
    for _ in range(5):
        child.look_after()
    assert len(started) == 1


def test_a_taken_port_is_told_in_both_languages():
    with doors.open_door("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(doors.DoorShut) as told:
            doors.open_door("127.0.0.1", port)
    assert f"端口 {port} 已被占用" in str(told.value) and f"Port {port} is in use" in str(told.value)


def test_an_address_of_another_machine_is_told():
    with pytest.raises(doors.DoorShut, match="无法在 203.0.113.7:8000 上监听"):
        doors.open_door("203.0.113.7", 8000)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:")])
def test_the_address_that_a_person_types(host, shown):
    with doors.open_door(host, 0) as door:
        assert doors.address_of(door).startswith(shown)
