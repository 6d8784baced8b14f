"""`./kesu` and the lock files: what a fresh machine meets."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_no_registry_is_named(name):
    text = (ROOT / name).read_text()
    packages = re.findall(r"^([a-z0-9._-]+)==[^\s;]+", text, re.M)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert len(packages) == len(blocks) > 20 and all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|--index|--extra|--find|--trusted", text)


def test_both_locks_agree():
    versions = [dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", (ROOT / name).read_text(), re.M)) for name in LOCKS]
    shared = versions[0].keys() & versions[1].keys()
    assert {name: versions[0][name] for name in shared} == {name: versions[1][name] for name in shared}


def test_the_script_is_plain_sh_and_executable():
    assert (ROOT / "kesu").stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["sh", "-n", str(ROOT / "kesu")]).returncode == 0


def pretend_python(directory: Path, body: str) -> Path:
    path = directory / "python3"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def start(tmp_path: Path, python: Path) -> subprocess.CompletedProcess:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname", "readlink", "cksum", "cat", "mkdir", "rm"):
        (tools / tool).symlink_to(subprocess.run(["sh", "-c", f"command -v {tool}"], capture_output=True, text=True).stdout.strip())
    environment = {"PATH": str(tools), "KESU_PYTHON": str(python), "KESU_VENV": str(tmp_path / "venv"), "HOME": str(tmp_path)}
    return subprocess.run([str(ROOT / "kesu"), "serve"], env=environment, capture_output=True, text=True)


def test_a_missing_venv_module_is_told_with_the_remedy(tmp_path):
    # a Python like Debian's bare one: it answers, but `import ensurepip` fails
    python = pretend_python(tmp_path, 'case "$2" in *ensurepip*) exit 1 ;; esac; exit 0')
    done = start(tmp_path, python)
    assert done.returncode == 1 and done.stderr.count("apt install python3-venv") == 2 and "缺少" in done.stderr


def test_no_suitable_python_is_told(tmp_path):
    done = start(tmp_path, pretend_python(tmp_path, "exit 1"))
    assert done.returncode == 1 and "Python 3.11" in done.stderr and "没有找到" in done.stderr


def test_continuous_integration_runs_the_same_command():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec ./kesu test")
