"""What a customer types at a site's door, kept as typed, and read into an Intake."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.http import QueryDict

from kesu.company.models import Site
from kesu.complaints.actions import Intake
from kesu.complaints.files import Upload
from kesu.procedure.pack import Fact, Pack
from kesu.procedure.refused import Refused
from kesu.procedure.suggest import split_items, suggest

MOST_FILES = 9
MOST_WORDS = 8000  # characters; a letter of several pages
PLACE_ROOM, NAME_ROOM = 200, 60


@dataclass
class DoorForm:
    """The three things to fill in, and the little beside them."""

    words: str = ""
    place: str = ""
    phone: str = ""
    name: str = ""
    confidential: bool = False  # nobody complained of shall learn who it was
    apart: bool = False  # the customer agreed that it is several matters
    danger: list[str] = field(default_factory=list)  # the pack's questions that the customer ticked
    none: bool = False  # … or that none of them is so
    consents: list[str] = field(default_factory=list)  # what they agreed to separately; unticked is not given, and is no hindrance
    filed_key: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, place: str = "") -> DoorForm:
        """An empty form with a key of its own, so that sending it twice files once."""
        return cls(place=place[:PLACE_ROOM], filed_key=uuid.uuid4().hex)

    @classmethod
    def read(cls, data: QueryDict) -> DoorForm:
        """What was sent."""
        words, place, phone, name = (data.get(field, "").strip() for field in ("words", "place", "phone", "name"))
        return cls(
            *(words, place, phone, name, bool(data.get("confidential"))),
            *(bool(data.get("apart")), data.getlist("danger"), bool(data.get("none"))),
            consents=data.getlist("consent"),
            filed_key=data.get("filed_key", "")[:64] or uuid.uuid4().hex,
        )

    def parts(self) -> list[str]:
        """The separate matters the text seems to hold; one when it is not clearly a list."""
        return split_items(self.words)

    def intake(self, site: Site, pack: Pack, uploads: list[Upload]) -> Intake:
        """The complaint to file. Raises Refused for what only this form knows: nothing written, no telephone, too long, too many files."""
        self._check(len(uploads))
        self._check_danger(pack)
        channel = next((row.id for row in pack.channels if row.customer), pack.channels[0].id)
        items = self.parts() if self.apart else [self.words]
        return Intake(
            site_id=site.pk,
            channel=channel,
            items=[(words, "") for words in items],
            name=self.name,
            phone=self.phone,
            place=self.place,
            confidential=self.confidential,
            raw=self.words,
            facts={fact.id: True for fact in asked_at_door(pack) if fact.id in self.danger},
            filed_key=self.filed_key,
            uploads=uploads,
            consents={matter: True for matter, _words in asked_apart(pack) if matter in self.consents},
        )

    def _check(self, files: int) -> None:
        if not self.words:
            raise Refused("no_words", "写一句是什么事就行", "say in a sentence what happened", field="words")
        if len(self.words) > MOST_WORDS:
            over = len(self.words) - MOST_WORDS
            zh, en = f"最多 {MOST_WORDS} 字，多了 {over} 字", f"at most {MOST_WORDS} characters; {over} too many"
            raise Refused("too_long", zh, en, field="words")
        if len(self.place) > PLACE_ROOM:
            raise Refused("too_long", f"最多 {PLACE_ROOM} 字", f"at most {PLACE_ROOM} characters", field="place")
        if len(self.name) > NAME_ROOM:
            raise Refused("too_long", f"最多 {NAME_ROOM} 字", f"at most {NAME_ROOM} characters", field="name")
        if not self.phone:
            raise Refused("phone", "留个电话，我们好答复您", "leave a telephone number so that we can answer you", field="phone")
        check_count(files)

    def _check_danger(self, pack: Pack) -> None:
        """Words that sound like danger, and nothing ticked: asked once more, for at night nobody reads them before the morning (U1–U10)."""
        asked = asked_at_door(pack)
        if self.none or {fact.id for fact in asked} & set(self.danger):
            return
        found = dict(suggest(pack, self.words).facts)
        if heard := [word for fact in asked for word in found.get(fact.id, [])]:
            raise Refused(
                "danger",
                f"您写到“{heard[0]}”。现在还是这样就勾上，马上通知值班的人；不是就勾“都没有”",
                f"you wrote “{heard[0]}”: tick what is so now and the person on duty is told at once, else tick “None of these”",
                field="danger",
            )

    def blame(self, refused: Refused, language: str) -> None:
        """Put the reason beside its field; a field that this form does not have goes above the form."""
        names = {
            "items": "words",
            "phone": "phone",
            "files": "files",
            "words": "words",
            "place": "place",
            "name": "name",
            "danger": "danger",
        }
        self.errors[names.get(refused.field or "", "form")] = refused.reason(language)


def asked_at_door(pack: Pack) -> list[Fact]:
    """The pack's questions that the customer's own page asks."""
    return [fact for fact in pack.facts if fact.door]


def asked_apart(pack: Pack, language: str = "zh-hans") -> list[tuple[str, str]]:
    """(matter, wording) of what the pack asks separate consent for."""
    return [(matter, rule.words(language)) for matter, rule in (pack.privacy.consents() if pack.privacy else {}).items()]


def check_count(files: int) -> None:
    """Refused when more files come at once than we take."""
    if files > MOST_FILES:
        zh, en = f"一次最多 {MOST_FILES} 个，您选了 {files} 个", f"at most {MOST_FILES} at once; you chose {files}"
        raise Refused("files", zh, en, field="files")
