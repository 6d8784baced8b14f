"""Pages are tested with their English: the catalogue is compiled once."""

from __future__ import annotations

import pytest

from kesu.config import messages
from kesu.web.middleware import FirstRunMiddleware


@pytest.fixture(scope="session", autouse=True)
def english() -> None:
    """Compile the translations when a part is newer."""
    messages.compile_stale()


@pytest.fixture(autouse=True)
def nobody_knows_a_company() -> None:
    """Each test begins like a fresh process."""
    FirstRunMiddleware.founded = False
