"""Translations: the English of each part of the house stands in `locale/parts/<part>.po`; together they make one catalogue.

Reading what is said needs Django (templates are parsed by its own parser); merging and compiling needs only babel.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kesu.config import installation

PARTS = installation.SOURCE / "locale" / "parts"
COMPILED = installation.SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.mo"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}
IN_TAGS = re.compile(r"""_\((["'])(.+?)\1\)""")
NAMES = re.compile(r"%\((\w+)\)[sd]")

Saying = str | tuple[str, str]  # a message, or singular and plural


@dataclass(frozen=True)
class Said:
    """A message of the source, and where it stands."""

    message: Saying
    place: str

    @property
    def id(self) -> str:
        """What a catalogue finds it by: the singular."""
        return self.message if isinstance(self.message, str) else self.message[0]


def parts() -> list[Path]:
    """The catalogues of the parts."""
    return sorted(PARTS.glob("*.po"))


def is_stale() -> bool:
    """Whether a part is newer than the compiled catalogue. Standard library only: every start asks."""
    if not COMPILED.exists():
        return bool(parts())
    made = COMPILED.stat().st_mtime_ns
    return any(path.stat().st_mtime_ns > made for path in [PARTS, *parts()] if path.exists())


def compile_stale() -> bool:
    """Merges and compiles when needed; whether it did. Raises ValueError for a damaged part."""
    if not is_stale():
        return False
    from babel.messages.mofile import write_mo

    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    draft = COMPILED.with_suffix(f".{os.getpid()}.tmp")
    try:
        with draft.open("wb") as target:
            write_mo(target, merged())
        draft.replace(COMPILED)
    finally:
        draft.unlink(missing_ok=True)  # a damaged part leaves nothing behind
    return True


def merged():  # type: ignore[no-untyped-def]  # babel's Catalog; babel is imported late
    """One catalogue of all parts; where two disagree the first counts, so that a start never fails on it."""
    from babel.messages.catalog import Catalog

    whole = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for id, rows in _by_message().items():
        _part, message = rows[0]
        whole.add(message.id if message.pluralizable else id, message.string)
    return whole


def disagreements() -> list[str]:
    """Messages that two parts translate differently, with their parts."""
    found = []
    for id, rows in _by_message().items():
        if len({message.string for _part, message in rows}) > 1:
            found.append(f"{id!r}: " + ", ".join(f"{part} {message.string!r}" for part, message in rows))
    return found


def _by_message():  # type: ignore[no-untyped-def]
    """Singular → [(name of the part, babel's Message)] of every translated message."""
    found: dict[str, list] = {}
    for path in parts():
        for message in _read(path):
            if message.id and message.string and not message.fuzzy:
                found.setdefault(message.id if isinstance(message.id, str) else message.id[0], []).append((path.name, message))
    return found


def _read(path: Path):  # type: ignore[no-untyped-def]
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        return read_po(source, locale="en", abort_invalid=True)


def translations() -> dict[str, tuple[str, ...]]:
    """Message → its English (two for plurals), of all parts."""
    return {
        (row.id if isinstance(row.id, str) else row.id[0]): (row.string,) if isinstance(row.string, str) else tuple(row.string)
        for row in merged()
        if row.id
    }


def missing() -> list[Said]:
    """What is said in the source and has no English."""
    known = translations()
    found = {said.id: said for said in source() if said.id not in known or not all(known[said.id])}
    return list(found.values())


def garbled() -> list[str]:
    """Messages whose English has other placeholders than the source."""
    return [id for id, english in translations().items() if any(set(NAMES.findall(id)) != set(NAMES.findall(one)) for one in english)]


def unused() -> list[str]:
    """English for what nobody says any more."""
    said = {row.id for row in source()}
    return [id for id in translations() if id not in said]


# What the source says


def source() -> Iterator[Said]:
    """Every message of Python and templates."""
    for path in sorted(installation.SOURCE.rglob("*.py")):
        yield from of_python(path)
    for path in sorted(installation.SOURCE.glob("*/templates/**/*.html")):
        yield from of_template(path)


def of_python(path: Path) -> Iterator[Said]:
    """Calls of gettext and its kin with literal words, under whatever name the file has imported them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {name: name for name in CALLS} | _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in called:
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if words:
                saying: Saying = (words[0], words[1]) if called[node.func.id] in PLURAL and len(words) > 1 else words[0]
                yield Said(saying, f"{path.name}:{node.lineno}")


def _imported(tree: ast.Module) -> dict[str, str]:
    """Name in this file → what it is called in Django, for the functions that translate."""
    rows = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation")
    return {alias.asname or alias.name: alias.name for row in rows for alias in row.names if alias.name in CALLS}


def of_template(path: Path) -> Iterator[Said]:
    """{% translate %}, {% blocktranslate %} and _("…") within tags, as Django's own parser reads them."""
    from django.template import engines

    text = path.read_text(encoding="utf-8")
    nodes = engines["django"].from_string(text).template.nodelist  # type: ignore[attr-defined]  # the stubs know no engine's template
    for message in _walk(nodes):
        yield Said(message, path.name)
    for _quote, words in IN_TAGS.findall(text):
        yield Said(words, path.name)


def _walk(nodes: Iterable[object]) -> Iterator[Saying]:
    from django.template.base import Node
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode

    for node in nodes:
        if isinstance(node, TranslateNode):
            literal = getattr(node.filter_expression.var, "literal", None)
            if isinstance(literal, str):
                yield literal
        elif isinstance(node, BlockTranslateNode):
            singular = node.render_token_list(node.singular)[0]
            yield (singular, node.render_token_list(node.plural)[0]) if node.plural else singular
        elif isinstance(node, Node):
            for name in node.child_nodelists:
                yield from _walk(getattr(node, name, None) or ())
            for _condition, inner in getattr(node, "conditions_nodelists", ()):
                yield from _walk(inner)
