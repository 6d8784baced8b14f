"""Every word of the pages has its English, once, with the same placeholders."""

from __future__ import annotations

from pathlib import Path

import pytest

from kesu.config import messages

pytestmark = pytest.mark.once


def test_every_message_has_its_english() -> None:
    lacking = messages.missing()
    assert not lacking, "\n".join(f"{said.place}: {said.id}" for said in lacking)


def test_english_keeps_the_placeholders() -> None:
    assert messages.garbled() == []


def test_parts_agree() -> None:
    assert messages.disagreements() == []


def test_the_source_is_really_read() -> None:
    said = {row.id for row in messages.source()}
    assert {"登录", "我的账号", "%(n)s 条未读通知", "只看，不经办", "磁盘满了"} <= said


def test_words_are_found_under_whatever_name_gettext_was_imported(tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text("from django.utils.translation import gettext as say\nfrom other import say as told\nsay('定级的问题')\ntold('别的')\n")
    assert [row.id for row in messages.of_python(file)] == ["定级的问题"]


def part(directory: Path, name: str, english: str) -> None:
    (directory / f"{name}.po").write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "签收"\nmsgstr "{english}"\n'
    )


def test_parts_that_disagree_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "PARTS", tmp_path)
    part(tmp_path, "case", "Sign for")
    part(tmp_path, "work", "Sign for")
    assert messages.translations() == {"签收": ("Sign for",)}
    part(tmp_path, "work", "Sign")
    assert messages.disagreements() == ["'签收': case.po 'Sign for', work.po 'Sign'"]


def test_a_changed_part_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "PARTS", tmp_path / "parts")
    monkeypatch.setattr(messages, "COMPILED", tmp_path / "en" / "django.mo")
    (tmp_path / "parts").mkdir()
    part(tmp_path / "parts", "case", "Sign for")
    assert messages.compile_stale() and not messages.compile_stale()
    part(tmp_path / "parts", "work", "Sign for")
    assert messages.compile_stale()
    assert b"Sign for" in (tmp_path / "en" / "django.mo").read_bytes()
