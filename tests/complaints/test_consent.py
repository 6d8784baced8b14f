"""Separate consent for health data and children: asked, recorded, withdrawn; who sees what is marked (PIPL arts 28 to 31)."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import chain_holds, refused

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Attachment, Case, Evidence, JournalEntry
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.sentences import say
from kesu.papers import dossier, reading
from kesu.papers.caseview import whole, whole_for
from kesu.procedure.refused import Refused

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"
WOUND, ORDINARY = "左臂三厘米伤口", "门口没有警示牌"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sent(cast: Cast, **more: object) -> Case:
    """Filed at the door with a photograph."""
    door = reverse("door", args=[cast.site.door])
    form = {"words": "孩子在大堂滑倒", "phone": "13912342468", "none": "1", "filed_key": f"k{Case.objects.count()}"}
    answer = Client().post(door, {**form, "files": SimpleUploadedFile("伤.png", PNG), **more})
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.latest("id")


def signed(cast: Cast, case: Case, at: datetime, **more: dict[str, bool]) -> Case:
    """Judged, sent to the repairs department and signed for there."""
    cast.judged(case, at=at, **more)
    return actions.sign(cast.zhou_hai, case.pk, at=at)


def hurt(cast: Cast, at: datetime) -> Case:
    """Consent given aloud; one piece of evidence marked as health data, with a file, and one that is not."""
    case = signed(cast, cast.complaint(consents={"health": True}, at=at), at)
    photo = Upload("伤口.png", len(PNG), [PNG])
    actions.investigate(cast.lin_xiao, case.pk, side="customer", who="闵女士", words=WOUND, upload=photo, health=True, at=at)
    actions.investigate(cast.lin_xiao, case.pk, side="record", words=ORDINARY, at=at)
    case.refresh_from_db()
    return case


def test_at_the_door_nothing_is_ticked_and_nothing_hinders(cast: Cast) -> None:
    """Without a tick it is filed and nothing is marked; with it the files are marked and the wording's version is on record."""
    text = Client().get(reverse("door", args=[cast.site.door])).content.decode()
    for matter in ("health", "minors"):
        assert f'name="consent" value="{matter}">' in text
    plain = sent(cast)
    assert plain.consents == {} and not Attachment.objects.get(case=plain).health
    assert not plain.journal.filter(act="ask_consent").exists()
    case = sent(cast, consent=["health", "minors", "invented"])
    assert case.consents == {"health": "given", "minors": "given"} and Attachment.objects.get(case=case).health
    entry = case.journal.get(act="ask_consent", data__matter="health")
    assert (entry.actor, entry.data["version"], entry.data["given"], entry.data["asked"]) == ("customer", 1, True, "page")


def test_on_their_page_photographs_are_marked_and_consent_is_taken_back(cast: Cast, at: datetime) -> None:
    """Adding with a tick; then withdrawal: the photograph is gone from their page, the case's page and by its address."""
    case = cast.filed_by_customer(at=at)
    here, page = reverse("track", args=[case.token]), Client()
    assert 'name="consent" value="health">' in page.get(here).content.decode()
    assert page.post(here, {"do": "withdraw_consent", "matter": "health"}).status_code == 422
    assert page.post(here, {"do": "say", "files": SimpleUploadedFile("a.png", PNG)}).status_code == 302
    assert page.post(here, {"do": "say", "consent": "health", "files": SimpleUploadedFile("b.png", PNG)}).status_code == 302
    plain, marked = Attachment.objects.filter(case=case)
    assert (plain.health, marked.health) == (False, True)
    address = reverse("track_photo", args=[case.token, marked.pk])
    inside, lin = reverse("case_file", args=[case.number, marked.pk]), client_of(cast.lin_xiao)
    assert page.get(address).status_code == 200 and lin.get(inside).status_code == 200
    assert client_of(cast.fang_jing).get(inside).status_code == 404
    assert page.post(here, {"do": "withdraw_consent", "matter": "health"}).status_code == 302
    assert page.get(address).status_code == 404 and address not in page.get(here).content.decode()
    assert lin.get(inside).status_code == 404
    case.refresh_from_db()
    assert case.consents == {"health": "withdrawn"}
    assert case.journal.latest("n").act == "withdraw_consent" and case.journal.latest("n").actor == "customer"


def test_reception_asks_aloud_and_the_answer_no_is_kept(cast: Cast) -> None:
    desk = client_of(cast.fang_jing)
    assert "念给客户听" in desk.get(reverse("reception")).content.decode()
    form = {"channel": "hotline", "phone": "13912342468", "item": "在楼道摔伤", "category": "", "do": "record", "fact_U2": "yes"}
    near = desk.post(reverse("reception_advice"), form).content.decode()
    assert "要问：记录健康情况" in near
    assert desk.post(reverse("reception"), {**form, "consent_health": "no"}).status_code == 302
    case = Case.objects.latest("id")
    entry = case.journal.get(act="ask_consent")
    assert case.consents == {"health": "refused"} and entry.person == cast.fang_jing and entry.data["asked"] == "aloud"


def test_without_consent_nothing_can_be_marked_by_staff(cast: Cast, at: datetime) -> None:
    """Not asked, refused, or a child without a guardian's word: refused with what to do; unmarked evidence goes on."""
    case = signed(cast, cast.complaint(consents={"health": False}, at=at), at, facts={"under_fourteen": True})

    def mark() -> None:
        actions.investigate(cast.lin_xiao, case.pk, side="customer", words=WOUND, health=True, at=at)

    with pytest.raises(Refused, match="no_consent"):
        mark()
    actions.investigate(cast.lin_xiao, case.pk, side="customer", words=ORDINARY, at=at)
    actions.ask_consent(cast.lin_xiao, case.pk, matter="health", given=True, at=at)
    with pytest.raises(Refused, match="no_consent"):
        mark()
    actions.ask_consent(cast.lin_xiao, case.pk, matter="minors", given=True, at=at)
    mark()
    with pytest.raises(Refused, match="^given"):
        actions.ask_consent(cast.lin_xiao, case.pk, matter="minors", given=False, at=at)
    with pytest.raises(Refused, match="^unknown"):
        actions.ask_consent(cast.lin_xiao, case.pk, matter="income", given=True, at=at)


def test_marked_evidence_is_seen_by_the_packs_roles_alone(cast: Cast, at: datetime) -> None:
    """Case page, JSON, journal, paper and package; the evidence as such stays, so that the sides heard still count."""
    case = hurt(cast, at)
    file = Attachment.objects.get(case=case)
    lin, fang = (open_page(who, case.number, at) for who in (cast.lin_xiao, cast.fang_jing))
    assert [row.words for row in lin.evidence] == [WOUND, ORDINARY] and lin.files == [file]
    assert [row.words == ORDINARY for row in fang.evidence] == [False, True] and fang.files == []
    assert fang.situation.heard == lin.situation.heard
    for who, sees in ((cast.lin_xiao, True), (cast.fang_jing, False)):
        text = client_of(who).get(reverse("case", args=[case.number])).content.decode()
        told = json.dumps(whole_for(who, case.number, at), ensure_ascii=False)
        paper = reading.seen(who, case.number, at, "zh-hans")
        assert [WOUND in text, WOUND in told, "伤口.png" in told] == [sees] * 3 and ORDINARY in text and ORDINARY in told
        assert any(WOUND in row.words for row in paper.evidence) is sees and bool(paper.attachments) is sees
    entry = case.journal.filter(act="investigate").order_by("n")[0]
    assert WOUND not in json.dumps(entry.data, ensure_ascii=False) and "健康资料" in say(entry, lin.pack, "zh-hans", lin.zone)
    assert entry.data["digest"] == Evidence.objects.get(case=case, health=True).digest


def test_whoever_is_complained_of_does_not_see_it_whatever_their_role(cast: Cast, at: datetime) -> None:
    case = hurt(cast, at)
    assert open_page(cast.zhou_hai, case.number, at).evidence[0].words == WOUND
    actions.name_person(cast.lin_xiao, case.pk, who=cast.zhou_hai.pk, at=at)
    assert open_page(cast.zhou_hai, case.number, at).evidence[0].words != WOUND


def test_a_guardian_who_takes_it_back_hides_it_though_nobody_answered_how_old_the_child_is(cast: Cast, at: datetime) -> None:
    case = hurt(cast, at)
    actions.ask_consent(None, case.pk, matter="minors", given=True, actor="customer", at=at)
    assert open_page(cast.lin_xiao, case.number, at).evidence[0].words == WOUND
    actions.withdraw_consent(None, case.pk, matter="minors", actor="customer", at=at)
    assert open_page(cast.lin_xiao, case.number, at).evidence[0].words != WOUND


def test_withdrawn_it_is_gone_from_package_and_record_too(cast: Cast, at: datetime) -> None:
    """For everybody, also for whoever runs commands on the server; the rows stay as they were stored."""
    case = hurt(cast, at)

    def packed(health: bool) -> tuple[str, list[str]]:
        target = BytesIO()
        dossier.make(Case.objects.select_related(*reading.WITH).get(pk=case.pk), target, health=health)
        with zipfile.ZipFile(target) as archive:
            names = archive.namelist()
            return "".join(archive.read(name).decode() for name in names if name.endswith((".json", ".jsonl", ".html"))), names

    assert WOUND in packed(True)[0] and WOUND not in packed(False)[0]
    actions.withdraw_consent(cast.lin_xiao, case.pk, matter="health", at=at + timedelta(hours=1))
    case = Case.objects.select_related(*reading.WITH).get(pk=case.pk)
    text, names = packed(True)
    assert WOUND not in text and not any("伤口" in name for name in names)
    assert WOUND not in json.dumps(whole(case, at), ensure_ascii=False)
    assert open_page(cast.lin_xiao, case.number, at).evidence[0].words != WOUND
    assert Evidence.objects.get(case=case, health=True).words == WOUND


def test_what_holds_health_data_is_marked_afterwards_and_hidden_from_others(cast: Cast, at: datetime) -> None:
    """Evidence with its file, and words of the journal; by whoever judges or the quality department, without consent hidden from all."""
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    file = Upload("手.png", len(PNG), [PNG])
    actions.investigate(cast.zhou_hai, case.pk, side="customer", kind="photo", words="手上缝了三针", upload=file, at=at)
    actions.note(cast.fang_jing, case.pk, words="孩子对头孢过敏", at=at)
    note = JournalEntry.objects.get(case=case, act="note")
    row = Evidence.objects.get(case=case)
    with refused("not_allowed"):
        actions.mark_health(cast.zhou_hai, case.pk, evidence_id=row.pk, at=at)
    with refused("missing"):
        actions.mark_health(cast.lin_xiao, case.pk, evidence_id=row.pk + 99, at=at)
    with refused("entry"):
        actions.mark_health(cast.lin_xiao, case.pk, at=at)
    actions.mark_health(cast.lin_xiao, case.pk, evidence_id=row.pk, at=at)
    actions.mark_health(cast.luo_qing, case.pk, entry=note.n, at=at)
    with refused("marked"):
        actions.mark_health(cast.luo_qing, case.pk, entry=note.n, at=at)

    def read_by(person: Person) -> str:
        page = open_page(cast.fresh(person), case.number, at)
        return " ".join(say(entry, cast.pack, "zh-hans") for entry in page.journal) + " ".join(one.words for one in page.evidence)

    for person in (cast.fang_jing, cast.lin_xiao):
        assert "缝了三针" not in read_by(person) and "头孢" not in read_by(person)
    actions.ask_consent(cast.fang_jing, case.pk, matter="health", given=True, at=at)
    assert "缝了三针" in read_by(cast.lin_xiao) and "头孢" in read_by(cast.lin_xiao)
    assert "缝了三针" not in read_by(cast.fang_jing) and "头孢" not in read_by(cast.fang_jing)
    assert chain_holds(case)
