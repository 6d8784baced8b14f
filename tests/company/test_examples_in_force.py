"""No company can put an example in force: it is to read, compare and try."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.complaints.story import refused

from kesu.company.actions.publishing import publish_text
from kesu.company.models import ProcedureVersion

EXAMPLES = sorted((Path(__file__).parents[2] / "packs" / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_refused(cast: Cast, at: datetime, path: Path) -> None:
    before = ProcedureVersion.objects.count()
    with refused("example"):
        publish_text(cast.tang_qing, path.read_text(encoding="utf-8"), file=path.name, effective=at.date(), at=at)
    assert ProcedureVersion.objects.count() == before
