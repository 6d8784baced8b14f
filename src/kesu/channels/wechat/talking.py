"""The conversation in the database: messages join the open case or go on in a talk, which is filed when nothing more is to be asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from kesu.channels import telling
from kesu.channels.models import Arrival, Followed, Follower, OfficialAccount, Outgoing, Saying, SentFile, Talk
from kesu.channels.wechat import asking, fetching, wording
from kesu.channels.wechat.arriving import WECHAT
from kesu.channels.wechat.message import Message
from kesu.company.procedures import pack_of, time_of
from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.complaints.actions.filing import Ticket, file_all
from kesu.complaints.models import Case, Question
from kesu.complaints.queries.customer_page import promised
from kesu.complaints.storing import insert_unless_there
from kesu.customers.phones import phone_fault
from kesu.procedure.conversation import Conversation
from kesu.procedure.due import due
from kesu.procedure.duewords import due_words
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

SCENE = "at_"  # how a poster's own code begins: what follows is the place where it hangs
PRESSED = {"person": "person", "file": "again", "mine": "mine"}  # keys of the account's menu → what they stand for
LONGEST_ITEM = 20_000  # characters of the matter; the whole stands in the case's own words
SAID = "%m-%d %H:%M"
LATER = timedelta(minutes=10)

log = logging.getLogger("kesu.wechat")


def open_case(follower: Follower) -> Case | None:
    """The case that a follower's next words belong to: the last one they told here that is not closed."""
    rows = Followed.objects.filter(follower=follower, case__closed_at=None, case__erased_at=None).select_related("case__site__company")
    row = rows.order_by("-id").first()
    return row.case if row else None


def place_files(arrival: Arrival, at: datetime) -> None:
    """Hand over files that came before their message had a case."""
    if SentFile.objects.filter(arrival=arrival, state__in=["fetched", "lost"]).exists():
        fetching.place(arrival.pk, at)


class Conversing:
    """One follower's turn, within a transaction that holds their row: `hear` each message, then `go_on` once."""

    def __init__(self, account: OfficialAccount, follower: Follower, talk: Talk | None, pack: Pack, at: datetime) -> None:
        self.account, self.follower, self.talk, self.pack, self.at = account, follower, talk, pack, at
        self.found = _gathered(talk) if talk else asking.Gathered()
        self.language = "zh-hans"
        self._case: Case | None = None
        self._joined: list[Arrival] = []
        self._fresh = False  # something was said that wants an answer
        self._new: list[Arrival] = []

    # --- what is said -----------------------------------------------------------------------------------------------------------

    def hear(self, row: Arrival, said: Message) -> None:
        """It joins the open case, goes on in the talk, or begins one."""
        rule, words = self.pack.conversation, said.words
        self.language = wording.language_of(words) if words else self.language
        case = open_case(self.follower) if self.talk is None and not self._new else None
        if rule and case and words and rule.says("again", words):
            self._begin(row)
        elif rule and words and self.talk is None and not self._new and self._says_nothing(rule, words, case):
            row.state, row.why, row.case, row.done_at = "ignored", "thanks", case, self.at
        elif case:
            self._join(row, said, case)
        else:
            self._begin(row)
            if rule:
                asking.hear(self.found, said, self.pack, rule)
            else:
                asking.take(self.found, said)

    def _says_nothing(self, rule: Conversation, words: str, case: Case | None) -> bool:
        """Thanks, or “that is all” after it was filed; where a question is open every word may be its answer."""
        if case is None:
            return rule.says("thanks", words)
        if not (rule.says("thanks", words) or rule.says("enough", words) or rule.says("none", words)):
            return False
        return not Question.objects.filter(case=case, answered_at=None).exists()

    def pressed(self, row: Arrival, said: Message) -> None:
        """A button of the menu, or the code of a poster."""
        wish = PRESSED.get(said.menu.removeprefix("kesu_")) if said.event == "click" else None
        scene = said.menu.removeprefix("qrscene_") if said.event in ("scan", "subscribe") else ""
        if scene.startswith(SCENE):
            self._begin(row)
            self.found.place = self.found.place or scene.removeprefix(SCENE)[: asking.PLACE_ROOM]
        elif wish == "mine":
            self._say(f"mine:{row.pk}", wording.say(wording.MINE, self.language, url=self._page()))
        elif wish == "person" and (case := open_case(self.follower)) and self.talk is None:
            self._ask_person(case, row)
        elif wish:
            self._begin(row)
            self.found.person = self.found.over = wish == "person" or self.found.person

    def _begin(self, row: Arrival) -> None:
        row.state, self._fresh = "talking", True
        self._new.append(row)

    # --- an open case -----------------------------------------------------------------------------------------------------------

    def _join(self, row: Arrival, said: Message, case: Case) -> None:
        if self.pack.conversation and said.words and self.pack.conversation.says("person", said.words):
            self._ask_person(case, row)
            return
        words = "\n".join(filter(None, [said.words, said.place])) or f"[{said.file_name or said.kind}]"
        questions = Question.objects.filter(case=case, answered_at=None) if said.words else Question.objects.none()
        question = questions[0].pk if questions.count() == 1 else None
        try:
            actions.note(None, case.pk, words=words[:LONGEST_ITEM], actor="customer", question_id=question, at=self.at)
        except Refused as refused:
            row.state, row.why, row.words = "waiting", "refused", refused.zh[:300]
            telling.owe(row, row.company, self.at)
            return
        row.state, row.case, row.done_at = "joined", case, self.at
        day = self.at.astimezone(ZoneInfo(case.site.company.zone)).date()
        self._say(f"joined:{case.pk}:{day}", wording.say(wording.JOINED, self.language, number=case.number))

    def _ask_person(self, case: Case, row: Arrival) -> None:
        actions.note(None, case.pk, words="客户在微信里要求人工接待", actor="customer", at=self.at)
        row.state, row.case, row.done_at = "joined", case, self.at
        told = wording.say(wording.PERSON_TOLD, self.language, number=case.number, phone=self._phone())
        self._say(f"person:{row.pk}", told)

    # --- the talk ---------------------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Ask the next question, or file; one answer for all that has just been said."""
        if not self._fresh:
            return
        rule, customer = self.pack.conversation, self.follower.customer
        self.talk = self._kept()
        if rule is None:
            self.file()
            return
        question = asking.next_question(self.found, self.pack, rule, knows_place=bool(customer and customer.home_id))
        if question:
            self.found.asked = question
            self.found.done.append(question)
            self._say(f"ask:{self.talk.pk}:{self._new[-1].pk}", self._words_of(question))
            self._keep()
        elif self.found.something:
            self._keep()
            self.file()
        else:
            self._keep()
            if self.found.person:
                self._call_person()

    def _kept(self) -> Talk:
        first = self._new[0]
        if self.talk:
            return self.talk
        times = {"began_at": self.at, "heard_at": first.heard_at, "said_at": self.at, "file_at": self.at}
        return Talk.objects.create(follower=self.follower, **times)

    def _keep(self) -> None:
        talk, found, rule = self.talk, self.found, self.pack.conversation
        assert talk is not None
        talk.asked, talk.done, talk.words, talk.place = found.asked, found.done, found.words, found.place
        talk.phone, talk.facts, talk.pictures, talk.person = found.phone, found.facts, found.pictures, found.person
        talk.said_at = self.at
        if rule:
            limit = rule.danger_silence if asking.unanswered_danger(found, self.pack) else rule.silence
            until = due(limit, self.at, time_of(self.account.site, "always"))
            talk.file_at = until.at if until else self.at
        talk.save()

    def _words_of(self, question: str) -> str:
        if question != asking.DANGER:
            return wording.say(wording.QUESTIONS[question], self.language)
        zh, facts = self.language.startswith("zh"), asking.doors(self.pack)
        lines = [f"{n} {fact.door if zh else fact.door_en}" for n, fact in enumerate(facts, 1)]
        listed = "\n".join([*lines, f"{len(lines) + 1} {wording.say(wording.NONE_OF_THESE, self.language)}"])
        names = {"list": listed, "last": str(len(lines) + 1), "emergency": self._number() or "110, 119, 120"}
        return wording.say(wording.DANGER, self.language, **names)

    def _call_person(self) -> None:
        """Nothing has been said yet but that a person is wanted: that is owed like everything that waits."""
        row = self._new[-1]
        row.state, row.why, row.subject = "waiting", "human", "找人工"
        telling.owe(row, row.company, self.at)
        until = due_words(row.due_at, self.at, self.language, self.account.company.zone) if row.due_at else ""
        told = wording.say(wording.PERSON_COMES, self.language, due=until, phone=self._phone())
        self._say(f"person:{row.pk}", told)

    # --- filing -----------------------------------------------------------------------------------------------------------------

    def file(self) -> Case | None:
        """The talk becomes a case with all its messages and what has been fetched of their files. None when the procedure refuses it."""
        assert self.talk is not None
        rows = [*_rows_of(self.follower, [row.pk for row in self._new]), *self._new]
        if not self.found.something or not rows:
            self._let_be(rows)
            return None
        files = fetching.fetched(rows)
        self.found.facts = self.found.facts or asking.unanswered_danger(self.found, self.pack)
        ticket = Ticket(None, self._intake(rows), self.at, files=[fetching.as_stored(one) for one in files])
        file_all([ticket])
        self.talk.delete()
        self.talk = None
        if ticket.case is None:
            self._refused(rows, ticket.fault)
            return None
        SentFile.objects.filter(pk__in=[one.pk for one in files]).update(state="placed")
        insert_unless_there([Followed(follower=self.follower, case=ticket.case, at=self.at)])
        self._settle(rows, "filed", ticket.case)
        self._confirm(ticket.case)
        return ticket.case

    def _settle(self, rows: Iterable[Arrival], state: str, case: Case | None = None, why: str = "") -> None:
        for row in rows:
            row.state, row.case, row.why, row.done_at = state, case, why, self.at
        Arrival.objects.bulk_update(list(rows), ["state", "case", "why", "done_at"])

    def _let_be(self, rows: list[Arrival]) -> None:
        """A greeting and then nothing."""
        self._settle([row for row in rows if row.state == "talking"], "ignored", why="hello")
        if self.talk:
            self.talk.delete()

    def _refused(self, rows: list[Arrival], fault: BaseException | None) -> None:
        for row in rows:
            row.state, row.why, row.words = "waiting", "refused", fault.zh[:300] if isinstance(fault, Refused) else ""
            telling.owe(row, row.company, self.at)
        Arrival.objects.bulk_update(rows, ["state", "why", "words", "due_at"])

    def _intake(self, rows: list[Arrival]) -> actions.Intake:
        found, customer = self.found, self.follower.customer
        phone = found.phone or (customer.phone if customer else "")
        words = found.words or ("只发了照片，没有写是什么事" if found.pictures else "只发了位置，没有写是什么事")
        return actions.Intake(
            site_id=self.account.site_id,
            channel=self.account.channel,
            items=[(words[:LONGEST_ITEM], "")],
            heard_at=min(row.heard_at for row in rows),
            name=customer.name if customer else "",
            phone="" if phone_fault(phone) else phone,
            home=customer.home.label if customer and customer.home else "",
            place=found.place,
            wants="要人工联系" if found.person else "",
            raw=transcript(rows, self.account.company.zone),
            facts=dict.fromkeys(found.facts, True),
            filed_key=f"wechat:{rows[0].pk}",
        )

    def _confirm(self, case: Case) -> None:
        rows = promised(case, pack_of(case.version_id), self.at, self.language)
        first = next((row.words for row in rows if row.due_at and row.state != "done"), "")
        promise = wording.say(wording.PROMISED, self.language, words=first) if first else ""
        promise = (wording.say(wording.URGENT, self.language) if self.found.facts else "") + promise
        link = f"{settings.BASE_URL}/c/{case.token}/" if settings.BASE_URL else ""
        link = "\n" + wording.say(wording.LINK, self.language, url=link) if link else ""
        pair = wording.TO_PERSON if self.found.person else wording.FILED
        words = wording.say(pair, self.language, number=case.number, promise=promise, link=link, phone=self._phone())
        self._say(f"filed:{case.pk}", words)
        told_here(self.follower, case, words, self.at)

    # --- saying -----------------------------------------------------------------------------------------------------------------

    def _number(self) -> str:
        return self.account.site.phone or self.account.company.phone

    def _phone(self) -> str:
        return wording.say(wording.PHONE, self.language, phone=self._number()) if self._number() else ""

    def _page(self) -> str:
        return f"{settings.BASE_URL}/wx/{self.account.pk}/"

    def _say(self, key: str, words: str) -> None:
        insert_unless_there([Saying(follower=self.follower, key=f"{self.follower.pk}:{key}", words=words, at=self.at, next_at=self.at)])


def told_here(follower: Follower, case: Case, words: str, at: datetime) -> None:
    """That it arrived is said in the conversation: the common way out need not say it again, unless this does not arrive."""
    topic = f"received:{case.pk}"
    row = Outgoing(
        company_id=case.company_id, case=case, customer_id=case.customer_id, means=WECHAT, address=follower.openid, kind="received",
        topic=topic, key=f"{topic}:0", at=at, payload={"text": words}, state="sent", sent_at=at,
    )  # fmt: skip
    insert_unless_there([row])


def _gathered(talk: Talk) -> asking.Gathered:
    kept = {name: getattr(talk, name) for name in ("words", "place", "phone", "facts", "pictures", "asked", "done", "person")}
    return asking.Gathered(**kept, over=talk.person)


def _rows_of(follower: Follower, without: list[int]) -> list[Arrival]:
    """What the talk has heard so far, the call for a person with it."""
    rows = Arrival.objects.filter(follower=follower).exclude(pk__in=without).select_related("company", "site")
    return [*(rows.filter(state="talking") | rows.filter(state="waiting", why="human")).order_by("heard_at", "id")]


def transcript(rows: Iterable[Arrival], zone: str) -> str:
    """Everything that was said, in its order, with its time."""
    from kesu.channels.wechat.reading import words_of

    return "\n".join(f"{row.heard_at.astimezone(ZoneInfo(zone)).strftime(SAID)} {words_of(row)}" for row in rows)


def file_silent(at: datetime) -> int:
    """A chore: talks in which nothing was said for so long become cases as they stand. Returns how many."""
    ids = list(Talk.objects.filter(file_at__lte=at).order_by("file_at").values_list("follower_id", flat=True)[:20])
    return sum(_file_safely(follower_id, at) for follower_id in ids)


def _file_safely(follower_id: int, at: datetime) -> int:
    """One that cannot be filed holds up no other; it is tried again later."""
    try:
        return _file_one(follower_id, at)
    except Exception:
        log.exception("the talk of follower %s could not be filed", follower_id)
        Talk.objects.filter(follower_id=follower_id).update(file_at=at + LATER)
        return 0


def _file_one(follower_id: int, at: datetime) -> int:
    with transaction.atomic():
        beside = ("account__site__company", "account__company", "customer__home")
        follower = Follower.objects.select_for_update(of=("self",)).select_related(*beside).get(pk=follower_id)
        talk = Talk.objects.filter(follower=follower, file_at__lte=at).first()
        if talk is None or Arrival.objects.filter(follower=follower, state="new").exists():
            return 0
        pack = pack_of(standing(follower.account.site.company).version_at(at))
        conversing = Conversing(follower.account, follower, talk, pack, at)
        conversing.language = wording.language_of(talk.words)
        conversing.file()
        return 1
