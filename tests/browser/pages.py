"""The pages of the house: who looks, and at which address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from urllib.parse import urlencode

from django.urls import reverse

from kesu.channels.models import Answer, Arrival, Mailbox, OutAccount, Outgoing
from kesu.company import actions
from kesu.company.models import ProcedureDraft, ProcedureVersion
from kesu.complaints.models import Case, Inquiry
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.next_step import obstacle, on_the_spot
from kesu.insights.actions.counting import catch_up
from kesu.insights.actions.walling import hang
from kesu.insights.models import Wall
from kesu.procedure.drafting import Edit
from kesu.web.case.actforms import ACT_FORMS
from kesu.web.customer.kiosk import kiosk_token
from tests.browser import doors, exchange, official
from tests.browser.furnished import Furniture
from tests.browser.house import House
from tests.browser.improved import TITLES, improve
from tests.browser.reviewed import reviewed
from tests.browser.salon import MANAGER, settle_salon
from tests.browser.warned import change, warn
from tests.channels.letters import letter, mailbox, take
from tests.channels.test_out import TEMPLATES
from tests.reporting.made import drafted as report_of

Where = Callable[[House, Furniture], str]


@dataclass(frozen=True)
class Sight:
    """A page, its looker (attribute of Cast; "" is a passer-by), its address; `status` when it is not 200."""

    name: str
    who: str
    where: Where
    status: int = 200

    def __str__(self) -> str:
        return self.name


def _named(name: str, **wanted: object) -> Where:
    return lambda house, furniture: reverse(name, kwargs=wanted)


def _path(path: str) -> Where:
    return lambda house, furniture: path


def _case(which: str, route: str = "case", *more: str) -> Where:
    return lambda house, furniture: reverse(route, args=[furniture[which].number, *more])


def _track(which: str, route: str = "track") -> Where:
    return lambda house, furniture: reverse(route, args=[furniture[which].token])


def _door(route: str) -> Where:
    return lambda house, furniture: reverse(route, args=[house.cast.site.door])


def _asked(furniture: Furniture) -> Inquiry:
    return furniture["concerned"].inquiries.get(person__isnull=False)


def _photo(furniture: Furniture) -> list[object]:
    case = furniture["concerned"]
    return [case.number, case.attachments.filter(original=None).latest("id").pk]


def _letter(furniture: Furniture, n: int) -> str:
    case = furniture["letters"]
    return reverse("case_letter", args=[case.number, case.letters.order_by("id")[n].pk])


def _refused_act() -> Where:
    return _case("done", "case_act", "judge")


def _imports(house: House, furniture: Furniture) -> str:
    _import(house, furniture)
    return reverse("imports")


def _import(house: House, furniture: Furniture) -> str:
    return reverse("import", args=[exchange.imported(house.cast).pk])


def _tokens(house: House, furniture: Furniture) -> str:
    exchange.token(house.cast)
    return reverse("setup_tokens")


def _hooks(house: House, furniture: Furniture) -> str:
    exchange.hook(house.cast, furniture["late"])
    return reverse("setup_hooks")


def _hook(house: House, furniture: Furniture) -> str:
    return reverse("setup_hook", args=[exchange.hook(house.cast, furniture["late"]).pk])


def _hung(house: House) -> Wall:
    """The screen of the control room, with figures to show."""
    while catch_up(house.cast.company, house.at, 99):
        pass
    return Wall.objects.first() or hang(house.cast.shen_yue, "监控室", None, house.at)


def _figures(path: str) -> Where:
    def where(house: House, furniture: Furniture) -> str:
        _hung(house)
        return path

    return where


def _walls(house: House, furniture: Furniture) -> str:
    _hung(house)
    return reverse("figures_walls")


def _wall(house: House, furniture: Furniture) -> str:
    return reverse("wall", args=[_hung(house).token])


FROM_OUTSIDE = [
    Sight("login", "", _named("login")),
    Sight("door", "", _door("door")),
    Sight("poster", "lin_xiao", _door("door_poster")),
    Sight("filed", "", _track("web", "filed")),
    *(
        Sight(f"track-{which}", "", _track(which))
        for which in ("judge", "offered", "paused", "late", "done", "web", "report", "asked", "hands", "merged")
    ),
    Sight("nowhere-outside", "", _path("/c/nobody-has-this-link/"), 404),
]
FRAME = [
    *(Sight(f"work-{who}", who, _named("work")) for who in ("fang_jing", "lin_xiao", "zhou_hai", "he_wei", "su_min", "tang_qing")),
    Sight("work-none", "zheng_chuan", _named("work")),
    Sight("board-lin_xiao", "lin_xiao", _named("board")),
    Sight("board-shen_yue", "shen_yue", _named("board")),
    Sight("board-list", "shen_yue", _named("board_list")),
    Sight("figures", "shen_yue", _figures("/figures/?period=2026-11")),
    *(
        Sight(f"figures-{view}", "luo_qing", _figures(f"/figures/{view}/?period=2026-11"))
        for view in ("by-site", "by-cause", "steps", "late", "asked", "people", "departments")
    ),
    Sight("figures-cases", "luo_qing", _figures("/figures/cases/?kpi=in_time&side=rest&period=2026-11")),
    Sight("figures-entered", "luo_qing", _named("figures_entered")),
    Sight("figures-walls", "shen_yue", _walls),
    Sight("wall", "", _wall),
    Sight("visits-list", "su_min", _named("visits")),
    Sight("visits-report", "lin_xiao", _path("/visits/report/")),
    Sight("privacy", "luo_qing", _named("privacy")),
    Sight("privacy-mine", "ma_qiang", _named("privacy_mine")),
    Sight("track-visit", "", _track("visit")),
    Sight("reception", "fang_jing", _named("reception")),
    Sight("reception-calling", "lin_xiao", _path("/reception/?tel=13900001190")),
    Sight("receipt", "fang_jing", _case("judge", "receipt")),
    Sight("inbox", "zhou_hai", _named("inbox")),
    Sight("inbox-empty", "zheng_chuan", _named("inbox")),
    Sight("search", "lin_xiao", _named("search")),
    Sight("search-found", "lin_xiao", _path("/search/?q=电梯")),
    Sight("search-none", "lin_xiao", _path("/search/?q=没有这回事")),
    Sight("imports", "tang_qing", _imports),
    Sight("import", "fang_jing", _import),
    Sight("setup-tokens", "tang_qing", _tokens),
    Sight("setup-hooks", "tang_qing", _hooks),
    Sight("setup-new-hook", "tang_qing", _named("setup_new_hook")),
    Sight("setup-hook", "tang_qing", _hook),
    Sight("me", "zhou_hai", _named("me")),
    Sight("nowhere", "lin_xiao", _path("/cases/RY-19990101-001/"), 404),
    Sight("not-now", "lin_xiao", _refused_act(), 409),
]
_WRONG = "?received=&acts=sign"


def _tried(house: House) -> str:
    return f"?site={house.cast.site.pk}&received=2026-11-20T14:32&nature=valid&grade=important&acts=dispatch@14:40"


def _stricter(house: House) -> int:
    """A version that gives a minute for what had ten, and hours for what had half an hour: what a replay shows."""
    text = house.cast.version.text.replace('limit = "10m"', 'limit = "1m"').replace('limit = "30m"', 'limit = "4h"')
    row, _made = ProcedureVersion.objects.get_or_create(
        company=house.cast.company,
        digest="1" * 64,
        defaults={
            "pack_id": "property",
            "version": "2027.1",
            "effective": date(2027, 1, 1),
            "text": text,
            "published_by": house.cast.tang_qing,
            "published_at": house.at,
        },
    )
    return row.pk


def _draft(house: House, name: str, limit: str = "15m") -> int:
    """A draft in which another limit for signing was typed."""
    cast, found = house.cast, ProcedureDraft.objects.filter(name=name).first()
    if found is None:
        found = actions.start_draft(cast.tang_qing, cast.version.pk, name, house.at)
        actions.change_draft(cast.tang_qing, found.pk, [Edit("obligations", "sign", "limit", limit)], seen=1, at=house.at)
    return found.pk


SETUP = [
    *(
        Sight(name, "tang_qing", _named(name))
        for name in (
            "setup",
            "setup_people",
            "setup_new_person",
            "setup_sites",
            "setup_new_site",
            "setup_days",
            "setup_procedure",
            "setup_publish",
        )
    ),
    Sight("setup_person", "tang_qing", lambda house, furniture: reverse("setup_person", args=[house.cast.zhou_hai.pk])),
    Sight("setup_site", "tang_qing", lambda house, furniture: reverse("setup_site", args=[house.cast.site.pk])),
    Sight("setup_try", "tang_qing", lambda house, furniture: reverse("setup_try", args=[house.cast.version.pk])),
    Sight("setup_try-tried", "tang_qing", lambda house, furniture: reverse("setup_try", args=[house.cast.version.pk]) + _tried(house)),
    Sight("setup_try-wrong", "tang_qing", lambda house, furniture: reverse("setup_try", args=[house.cast.version.pk]) + _WRONG),
    Sight("setup_procedure-important", "tang_qing", _path("/setup/procedure/?nature=valid&grade=important")),
    Sight("setup_replay", "tang_qing", lambda house, furniture: reverse("setup_replay", args=[_stricter(house)])),
    Sight("setup_draft", "tang_qing", lambda house, furniture: reverse("setup_draft", args=[_draft(house, "明年用的")])),
    Sight("setup_draft-wrong", "tang_qing", lambda house, furniture: reverse("setup_draft", args=[_draft(house, "还没改好", "10x")])),
    Sight("setup_version", "tang_qing", lambda house, furniture: reverse("setup_version", args=[house.cast.version.pk])),
]
CASES = [
    *(
        Sight(f"case-{which}", who, _case(which))
        for which, who in (
            ("judge", "lin_xiao"),
            ("sign", "zhou_hai"),
            ("investigate", "fang_jing"),
            ("proposed", "he_wei"),
            ("offered", "fang_jing"),
            ("paused", "zhou_hai"),
            ("asked", "shen_yue"),
            ("late", "zhou_hai"),
            ("visit", "su_min"),
            ("done", "lin_xiao"),
            ("web", "fang_jing"),
            ("owing", "he_wei"),
            ("hands", "lin_xiao"),
            ("member", "zhou_hai"),
            ("merged", "lin_xiao"),
            ("letters", "lin_xiao"),
        )
    ),
    Sight("letters", "lin_xiao", _case("letters", "case_letters")),
    Sight("letter-sent", "lin_xiao", lambda house, furniture: _letter(furniture, 0)),
    Sight("letter-back", "lin_xiao", lambda house, furniture: _letter(furniture, 1)),
    Sight("letter-review", "he_wei", lambda house, furniture: _letter(furniture, 2)),
    Sight(
        "letter-new",
        "lin_xiao",
        lambda house, furniture: reverse("case_letter_new", args=[furniture["done"].number]) + "?kind=letter_result",
    ),
    Sight("track-letters", "", _track("letters")),
    Sight("approve", "he_wei", _case("proposed", "approve")),
    Sight("approve-not-now", "he_wei", _case("done", "approve"), 409),
    Sight("group", "lin_xiao", _case("hands", "case_group")),
    *(Sight(f"paper-{form}", "lin_xiao", _case("done", "print_form", form)) for form in ("opinion", "record", "visit_record")),
    *(Sight(f"paper-{form}", "fang_jing", _case("done", "print_form", form)) for form in ("receipt", "investigation", "letter", "cover")),
    Sight(
        "paper-blank",
        "lin_xiao",
        lambda house, furniture: reverse("print_form", args=[furniture["done"].number, "remedy_approval"]) + "?blank=1",
    ),
]


def _record(which: str, act: str = "") -> Where:
    def where(house: House, furniture: Furniture) -> str:
        capa = improve(house.cast, house.at)[which]
        return reverse("capa_act", args=[capa.number, act]) if act else reverse("capa", args=[capa.number])

    return where


def _report(house: House, furniture: Furniture) -> str:
    return reverse("report", args=[report_of(house.cast, house.at).pk])


def _reports(house: House, furniture: Furniture) -> str:
    report_of(house.cast, house.at)
    return reverse("reports")


def _board(house: House, furniture: Furniture) -> str:
    improve(house.cast, house.at)
    return reverse("improvement")


def _warning(which: str) -> Where:
    return lambda house, furniture: reverse("warning", args=[warn(house.cast, house.at)[which].pk])


def _warnings(house: House, furniture: Furniture) -> str:
    warn(house.cast, house.at)
    return reverse("warnings")


def _people(house: House, furniture: Furniture) -> str:
    reviewed(house.cast, house.at)
    return reverse("people")


def _review(which: str) -> Where:
    return lambda house, furniture: reverse("self_review", args=[reviewed(house.cast, house.at)[which].pk])


IMPROVEMENT = [
    Sight("people-own", "ma_qiang", _people),
    Sight("people-head", "zhou_hai", _people),
    Sight("self-review-write", "zhou_hai", _review("write")),
    Sight("self-review-answer", "zhou_hai", _review("answer")),
    Sight("self-review-read", "ma_qiang", _review("read")),
    Sight("recognise", "he_wei", lambda house, furniture: f"{reverse('people_recognise')}?case={furniture['done'].number}"),
    Sight("warnings", "luo_qing", _warnings),
    Sight("warnings-blind", "zhou_hai", _named("warnings")),
    Sight("warning-owner", "he_wei", _warning("category")),
    Sight("warning-answered", "luo_qing", _warning("person")),
    Sight("warning-silent", "shen_yue", _warning("silence")),
    Sight("effects", "luo_qing", _named("effects")),
    Sight("effect-training", "luo_qing", lambda house, furniture: reverse("did_it_work", args=["change", change(house.cast, house.at).pk])),
    Sight(
        "effect-record",
        "luo_qing",
        lambda house, furniture: reverse("did_it_work", args=["capa", improve(house.cast, house.at)["effective"].number]),
    ),
    Sight("work-warned", "he_wei", _path("/?step=warning")),
    Sight("improvement", "luo_qing", _board),
    Sight("reports", "luo_qing", _reports),
    Sight("report-comment", "lin_xiao", _report),
    Sight("work-report-told", "lin_xiao", lambda house, furniture: _report(house, furniture) and reverse("work")),
    Sight("report-read", "luo_qing", _report),
    Sight("improvement-none", "zheng_chuan", _named("improvement")),
    *(Sight(f"capa-{which}", "luo_qing", _record(which)) for which in TITLES),
    Sight("capa-carry-owner", "zhou_hai", _record("carry")),
    Sight("capa-asked-approver", "shen_yue", _record("asked")),
    Sight("capa-seen", "lin_xiao", _record("carry")),
    Sight("capa_new", "luo_qing", _named("capa_new")),
    Sight("capa_new-found", "luo_qing", _path("/improvement/new/?category=standing_water&all=1")),
    Sight("capa-act-measure", "luo_qing", _record("plan", "measure")),
    Sight("capa-act-plan", "luo_qing", _record("ready", "plan")),
    Sight("capa-act-note", "luo_qing", _record("plan", "note")),
    Sight("capa-act-end", "zhou_hai", _record("carry", "end")),
    Sight("capa-act-hand", "luo_qing", _record("carry", "hand")),
    Sight("capa-act-grant", "shen_yue", _record("asked", "grant_extension")),
    Sight("capa-act-judge", "luo_qing", _record("judge", "judge")),
    Sight("capa-act-not-now", "luo_qing", _record("carry", "close"), 409),
    Sight("work-luo_qing", "luo_qing", _named("work")),
]
ASKED = [
    Sight("case-concerned", "he_wei", _case("concerned")),
    Sight("case-concerned-himself", "ma_qiang", _named("asked")),
    Sight("asked-one", "ma_qiang", lambda house, furniture: reverse("asked_one", args=[_asked(furniture).pk])),
    Sight("asked-nothing", "luo_qing", _named("asked")),
    Sight("work-asked", "ma_qiang", _named("work")),
    Sight("redact", "he_wei", lambda house, furniture: reverse("case_redact", args=_photo(furniture))),
    Sight("redact-refused", "ma_qiang", lambda house, furniture: reverse("case_redact", args=_photo(furniture)), 404),
    Sight("find-one", "he_wei", lambda house, furniture: reverse("case_act", args=[furniture["concerned"].number, "find"])),
    Sight("cause-tree", "zhou_hai", _case("investigate", "case_act", "find_cause")),
]


def _refund(**asked: object) -> Where:
    def where(house: House, furniture: Furniture) -> str:
        settle_salon(house)
        return f"{reverse('refund')}?{urlencode(asked)}" if asked else reverse("refund")

    return where


CARD = {"kind": "value", "paid": "3000", "paid_on": "2026-03-01", "reason": "merchant", "asked_on": "2026-11-20", "back_on": "2026-11-25"}


def _arrival(which: str) -> Where:
    """A letter that waits, and one that was filed; the mailbox they came to has trouble."""

    def where(house: House, furniture: Furniture) -> str:
        box = Mailbox.objects.filter(company=house.cast.company).first()
        if box is None:
            box = mailbox(house.cast, host="imap.heyan.example", login="kefu", fault="[AUTHENTICATIONFAILED] Authentication failed.")
            quoted = (
                "您好，停车月卡，租客为什么比业主贵三十？\n\n------------------ 原始邮件 ------------------\n发件人: 客服\n请问您是哪一栋？"
            )
            waits = message_from_bytes(letter(subject="自动回复：停车月卡的收费", text=quoted), policy=policy.default)
            waits.add_attachment(b"PK", maintype="application", subtype="zip", filename="缴费记录和合同扫描件.zip")
            take(box, waits.as_bytes(), house.at)
            case = take(box, letter(), house.at).case
            row = {"case": case, "key": "stuck", "kind": "received", "message_id": "<m>", "subject": "s", "body": "b", "at": house.at}
            Answer.objects.create(**row, address="zi@customer.example", state="bounced", error="smtp; 550 5.1.1 No such user here")
        row_of = {
            "mailbox": box.pk,
            "waiting": Arrival.objects.get(door="mail", state="waiting").pk,
            "filed": Arrival.objects.get(door="mail", state="filed").pk,
        }
        return {
            "list": reverse("arrivals"),
            "waiting": reverse("arrival", args=[row_of["waiting"]]),
            "filed": reverse("arrival", args=[row_of["filed"]]),
            "mailboxes": reverse("setup_mailboxes"),
            "mailbox": reverse("setup_mailbox", args=[row_of["mailbox"]]),
        }[which]

    return where


def _out(which: str) -> Where:
    """An account with trouble, a robot, a message that is stuck, a call to make."""

    def where(house: House, furniture: Furniture) -> str:
        row, _made = OutAccount.objects.get_or_create(
            company=house.cast.company,
            means="sms",
            defaults={
                "provider": "aliyun",
                "name": "公司短信",
                "active": True,
                "settings": {"key_id": "LTAI5tExample", "sign": "和檐物业"},
                "templates": TEMPLATES,
                "fault": "isv.AMOUNT_NOT_ENOUGH 账户余额不足",
                "fault_since": house.at,
            },
        )
        case = furniture["late"]
        if _made:
            OutAccount.objects.create(company=house.cast.company, means="wecom", name="榕砚里工程群", site=house.cast.site, active=True)
            said = {"company": house.cast.company, "case": case, "account": row, "kind": "notice", "topic": "notice:0", "at": house.at}
            bad = {"state": "waiting", "tries": 2, "stuck_at": house.at, "error": row.fault, "next_at": house.at}
            Outgoing.objects.create(**said, **bad, means="sms", key="notice:0:0", address="13900001007")
            call = {
                "means": "call",
                "payload": {"text": "这件事要多用些时间：原来 11 月 25 日，现在 11 月 28 日 18:00 前。"},
            }
            Outgoing.objects.create(**said, **call, place=1, key="notice:0:1", address="13900001007", due_at=house.at)
        return {
            "page": reverse("out"),
            "accounts": reverse("setup_out"),
            "sms": reverse("setup_out_account", args=[row.pk]),
            "robot": reverse("setup_new_out_account", args=["dingtalk"]),
            "templates": reverse("setup_out_templates", args=[row.pk]),
            "told": reverse("case_messages", args=[case.number]),
            "preview": reverse("setup_out_preview") + f"?number={case.number}",
        }[which]

    return where


LETTERS = [
    Sight("wechat-account", "tang_qing", official.address),
    Sight("wechat-accounts", "tang_qing", _named("setup_wechat")),
    Sight("wechat-new", "tang_qing", _named("setup_new_wechat_account")),
    *(Sight(f"arrivals-{which}", "fang_jing", _arrival(which)) for which in ("list", "waiting", "filed")),
    *(Sight(f"arrivals-{which}", "tang_qing", _arrival(which)) for which in ("mailboxes", "mailbox")),
    Sight("arrivals-new-mailbox", "tang_qing", _named("setup_new_mailbox")),
]


def _call(route: str, which: str = "") -> Where:
    def where(house: House, furniture: Furniture) -> str:
        rows = doors.telephone(house, furniture["judge"])
        return reverse(route, args=[rows[which]] if which else [])

    return where


def _device(route: str, which: str) -> Where:
    return lambda house, furniture: reverse(route, args=doors.devices(house)[which])


def _kiosk(house: House, furniture: Furniture) -> str:
    channel = next(row.id for row in house.cast.pack.channels if row.name == "来访")
    return reverse("kiosk", args=[kiosk_token(house.cast.site, channel)])


DOORS = [
    Sight("paper", "fang_jing", _named("paper")),
    Sight("paper-desk", "fang_jing", lambda house, furniture: f"{reverse('reception')}?arrival={doors.paper(house)}"),
    Sight("kiosk", "", _kiosk),
    Sight("setup-walk-in", "tang_qing", lambda house, furniture: reverse("setup_walk_in", args=[house.cast.site.pk])),
    Sight("setup-brokers", "tang_qing", _named("setup_brokers")),
    Sight("setup-broker", "tang_qing", _device("setup_broker", "broker")),
    Sight("setup-topic", "tang_qing", _device("setup_topic", "topic")),
    Sight("setup-new-topic", "tang_qing", _device("setup_new_topic", "broker")),
    Sight("setup-new-broker", "tang_qing", _named("setup_new_broker")),
    Sight("alarm-unread", "fang_jing", _device("arrival", "unread")),
    Sight("calls", "fang_jing", _call("calls")),
    Sight("call", "fang_jing", _call("call", "call")),
    Sight("call-back", "fang_jing", _call("arrival", "task")),
    Sight("setup-lines", "tang_qing", _call("setup_lines")),
    Sight("setup-line", "tang_qing", _call("setup_line", "line")),
    Sight("setup-new-line", "tang_qing", _named("setup_new_line")),
]
REFUNDS = [
    Sight("refund", MANAGER, _refund()),
    Sight("refund-reckoned", MANAGER, _refund(**CARD, gift="600", used="880", used_discounted="704")),
    Sight("refund-wrong", MANAGER, _refund(**(CARD | {"paid_on": ""}), used="100")),
]
OUT = [
    Sight("out-page", "shen_yue", _out("page")),
    Sight("out-told", "lin_xiao", _out("told")),
    Sight("out-nothing", "zheng_chuan", _named("out")),
    *(Sight(f"out-{which}", "tang_qing", _out(which)) for which in ("accounts", "sms", "robot", "templates", "preview")),
]
EVERY = [*FROM_OUTSIDE, *FRAME, *SETUP, *CASES, *IMPROVEMENT, *ASKED, *LETTERS, *DOORS, *REFUNDS, *OUT]
ACTS = sorted(ACT_FORMS)


def act_page(house: House, furniture: Furniture, act: str) -> tuple[str, str] | None:
    """Who could do the act now, and where: the first of the cast and the cases for whom it is open."""
    for who, which in _pairs(furniture, act):
        try:
            page = open_page(getattr(house.cast, who), furniture[which].number, house.at, "zh-hans")
        except Case.DoesNotExist:
            continue
        open_now = on_the_spot(page.situation) if act == "settle" else obstacle(page.situation, act) is None
        if open_now:
            return who, reverse("case_act", args=[furniture[which].number, act])
    return None


DOERS = ("lin_xiao", "zhou_hai", "fang_jing", "he_wei", "su_min", "shen_yue", "luo_qing")


def _pairs(furniture: Furniture, act: str) -> Iterator[tuple[str, str]]:
    for which in furniture.cases:
        for who in DOERS:
            yield who, which
