"""Wall-boards: a secret address for a screen, given out and taken back."""

from __future__ import annotations

import secrets
from datetime import datetime

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.insights.models import Wall
from kesu.procedure.refused import Refused

MOST = 50


def may_hang(rights: Rights) -> bool:
    """Whoever sees the whole company's board."""
    return rights.company_wide() and rights.page("board")


def hang(person: Person, name: str, site: int | None, at: datetime) -> Wall:
    """A new address for a screen, of one site or of all. Refused for whoever may not, or without a name."""
    rights = rights_of(person, at)
    if not may_hang(rights) or (site and site not in standing(rights.company).sites):
        raise Refused("not_allowed", "您不能开大屏", "you may not set up a wall-board")
    if not name.strip():
        raise Refused("missing", "写上屏幕在哪里", "say where the screen is", field="name")
    if Wall.objects.filter(company=rights.company, ended_at__isnull=True).count() >= MOST:
        raise Refused("too_many", f"最多 {MOST} 块屏，先停掉不用的", f"at most {MOST} screens; end one that is not used", field="name")
    return Wall.objects.create(
        company=rights.company, site_id=site, name=name.strip()[:60], token=secrets.token_urlsafe(32), by=person, at=at
    )


def take_down(person: Person, wall: int, at: datetime) -> None:
    """The address shows nothing any more. Wall.DoesNotExist for one that is not theirs."""
    rights = rights_of(person, at)
    if not may_hang(rights):
        raise Wall.DoesNotExist
    if not Wall.objects.filter(pk=wall, company=rights.company, ended_at__isnull=True).update(ended_at=at):
        raise Wall.DoesNotExist


def shown(token: str) -> Wall:
    """The wall-board of this address; Wall.DoesNotExist when there is none, or none any more."""
    return Wall.objects.select_related("company", "site").get(token=token, ended_at__isnull=True)
