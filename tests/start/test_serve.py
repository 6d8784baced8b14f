"""The real thing: `kesu serve` as processes, killed in every way."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.once, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
ROOT = Path(__file__).parents[2]
LIMIT = 200 * 2**20  # bytes of all processes together


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Serving:
    """A running `kesu serve` with a data directory of its own."""

    def __init__(self, data: Path, *words: str) -> None:
        self.port, self.log = free_port(), data.with_suffix(".log")
        environment = {k: v for k, v in os.environ.items() if k not in {"KESU_DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
        command = [sys.executable, "-P", "-m", "kesu", "serve", "--data", str(data), "--port", str(self.port), *words]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment | {"PYTHONPATH": str(ROOT / "src")}, stdout=log, stderr=log)

    def health(self) -> tuple[int, dict]:
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            caller.request("GET", "/healthz")
            answer = caller.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            caller.close()

    def until(self, wanted: int, seconds: float = 30) -> dict:
        """Waits until /healthz answers so."""
        deadline, last = time.monotonic() + seconds, None
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                last = self.health()
                if last[0] == wanted:
                    return last[1]
            time.sleep(0.05)
        raise AssertionError(f"no {wanted}, last {last}; {self.log.read_text()}")

    def announcement(self, seconds: float = 5) -> str:
        """What was said once the first page could be served."""
        deadline = time.monotonic() + seconds
        while "Kesu is up" not in self.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.log.read_text()

    def children(self) -> dict[str, int]:
        """pid by command."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").rpartition("\0")[2]: int(pid) for pid in children}

    def memory(self) -> int:
        """Bytes resident, of all processes."""
        pids = [self.process.pid, *self.children().values()]
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") for pid in pids)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """(exit code, seconds it took)."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(10), time.monotonic() - began


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("serve") / "data"


@pytest.fixture
def serving(data):
    running = Serving(data)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_first_start_prepares_everything_and_tells_the_address(serving, data):
    body = serving.until(200, 60)
    assert body["database"] == {"engine": "sqlite", "ok": True} and body["worker"]["count"] == 1
    said = serving.announcement()
    assert f"客诉已启动 / Kesu is up: http://127.0.0.1:{serving.port}/" in said
    assert (data / "kesu.sqlite3").exists() and (data / "static" / "staticfiles.json").exists()
    assert serving.memory() < LIMIT
    code, seconds = serving.stop()
    assert code == 0 and seconds < 5, serving.log.read_text()


def test_a_killed_worker_comes_back(serving):
    serving.until(200)
    killed = serving.children()["work"]
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while serving.children().get("work", killed) == killed and time.monotonic() < deadline:
        time.sleep(0.05)
    assert serving.children()["work"] != killed
    assert serving.until(200)["worker"]["alive"]


def test_callers_wait_while_a_killed_web_process_is_replaced(serving):
    serving.until(200)
    os.kill(serving.children()["web"], signal.SIGKILL)
    assert serving.health()[0] == 200, "the connection was neither refused nor dropped"


def test_a_request_that_has_begun_is_finished_before_the_end(serving):
    serving.until(200)
    size = 111 * 2**20
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as caller:
        caller.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode())
        caller.sendall(b"x" * 2**20)
        time.sleep(0.3)
        serving.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        for _ in range(110):
            caller.sendall(b"x" * 2**20)
        answer = b"".join(iter(lambda: caller.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 413") and "每个文件最多".encode() in answer
    assert serving.process.wait(5) == 0


def test_ctrl_c_ends_everything(serving):
    serving.until(200)
    pids = list(serving.children().values())
    code, seconds = serving.stop(signal.SIGINT)
    assert code == 0 and seconds < 5
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_no_child_outlives_a_killed_supervisor(serving):
    serving.until(200)
    pids = list(serving.children().values())
    serving.stop(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in pids)


def alive(pid: int) -> bool:
    """A zombie that its new parent has not collected yet has ended as well."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ended_while_the_demonstration_is_made_nothing_goes_on(tmp_path):
    making = Serving(tmp_path / "data", "--demo")
    deadline = time.monotonic() + 60
    while "demo" not in making.children() and time.monotonic() < deadline:
        time.sleep(0.05)
    helper = making.children()["demo"]
    code, seconds = making.stop()
    assert code == 128 + signal.SIGTERM and seconds < 5
    assert not alive(helper)


ENDED_WHILE_BEGINNING = """
import os, signal, subprocess
from kesu.config.commands import serve
begin = subprocess.Popen.__init__
def ended(self, *words, **more):
    begin(self, *words, **more)
    print(self.pid, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen.__init__ = ended
serve._call("-c", "import time; time.sleep(60)")
"""


def test_ended_in_the_moment_in_which_a_helper_begins_it_ends_too():
    """The helper runs already, and whoever started it has not been told yet."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", ENDED_WHILE_BEGINNING], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 128 + signal.SIGTERM, done.stderr
    assert not alive(int(done.stdout))


def test_a_taken_port_is_told_and_exit_code_1(data):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        words = ["serve", "--data", str(data), "--port", str(held.getsockname()[1])]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run([sys.executable, "-P", "-m", "kesu", *words], env=environment, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "已被占用" in done.stderr and "Traceback" not in done.stderr


def test_a_later_start_is_up_within_two_seconds(data):
    """The best of three: other tests run beside this one."""
    took = []
    while len(took) < 3 and min(took, default=9) >= 2:
        began = time.monotonic()
        running = Serving(data)
        try:
            running.until(200, 20)
            took.append(time.monotonic() - began)
        finally:
            running.stop()
    assert min(took) < 2, took
