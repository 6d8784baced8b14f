"""What the command line answers before anything heavy is loaded."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kesu.config import command, preparing

ROOT = Path(__file__).parents[2]


def test_no_command_is_a_mistake_told_in_both_languages(capsys):
    assert command.main([]) == 2
    said = capsys.readouterr().out
    assert "用法 / Usage" in said and "serve" in said and "manage" in said


def test_unknown_command_is_exit_code_2(capsys):
    assert command.main(["nix"]) == 2
    assert "没有这个命令 / No such command: nix" in capsys.readouterr().err


def test_every_command_says_what_it_does():
    assert all(len(command._summary(name)) > 8 for name in command.names())


def test_a_new_module_is_a_new_command(tmp_path, monkeypatch):
    (tmp_path / "greet.py").write_text('"""问候 · greets"""')
    monkeypatch.setattr(command, "COMMANDS", tmp_path)
    assert command.names() == ["greet"]
    assert "greet      问候 · greets" in command.usage()


@pytest.mark.parametrize("words", [["--data", "there", "list"], ["list", "--data=there"]])
def test_data_counts_for_every_command(words, monkeypatch, tmp_path):
    monkeypatch.setenv("KESU_DATA", "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert command._take_data(words) == ["list"]
    assert os.environ["KESU_DATA"] == str(tmp_path / "there")


def test_data_without_a_directory_is_a_mistake(capsys):
    assert command.main(["work", "--data"]) == 2
    assert "--data" in capsys.readouterr().err


def test_the_supervisor_stays_thin():
    """What `serve` imports before its children run: no Django, nothing from the locked packages."""
    heavy = "{'django', 'granian', 'babel', 'pydantic'}"
    code = f"import sys, kesu.config.commands.serve; print([m for m in sys.modules if m.split('.')[0] in {heavy}])"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def kesu(*words, **options):
    plain = {name: value for name, value in os.environ.items() if name not in {"KESU_DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return subprocess.run([sys.executable, "-P", "-m", "kesu", *words], env=plain | {"PYTHONPATH": str(ROOT / "src")}, **options)


def test_a_reader_who_leaves_early_is_no_error(tmp_path):
    """`kesu doctor | head -1` says nothing about broken pipes."""
    reading, writing = os.pipe()
    os.close(reading)
    done = kesu("doctor", "--data", str(tmp_path), stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.stderr == ""


def test_a_data_directory_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = kesu("serve", "--port", "0", "--data", str(tmp_path / "file"), capture_output=True, text=True)
    assert done.returncode == 1
    assert "用不了这个文件或目录" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("full", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("database or disk is full")])
def test_a_full_disk_at_the_start_is_told(full, monkeypatch, capsys):
    def prepare():
        raise full

    monkeypatch.setattr(preparing, "prepare", prepare)
    assert preparing.main([]) == 1
    assert "磁盘满了" in capsys.readouterr().err
