"""Records of corrective action for the pages to be looked at: one at every stage, one late, one that came back after "effective"."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesu.company.models import Company, Person
from kesu.complaints.files import Upload
from kesu.improvement import actions, looking, ringing
from kesu.improvement.actions import Owner
from kesu.improvement.models import Capa
from tests.browser.furnished import PNG
from tests.cast import Cast
from tests.improvement.capas import found
from tests.improvement.capas import judged as judged_at

CAUSE = "upkeep"


def improve(cast: Cast, at: datetime) -> dict[str, Capa]:
    """Lives them up to `at`, once: asked again it finds them."""
    Company.objects.filter(pk=cast.company.pk).update(founded_at=at - timedelta(days=400))  # there was a time before to compare with
    made = {
        "plan": _plan,
        "ready": _ready,
        "carry": _carry,
        "asked": _asked,
        "watch": _watch,
        "judge": _judge,
        "effective": _effective,
    }
    known = {capa.title: capa for capa in Capa.objects.filter(company=cast.company)}
    for name, make in made.items():
        if TITLES[name] not in known:
            capa = make(cast, at)
            capa.refresh_from_db()
            known[TITLES[name]] = capa
    ringing.ring_due(at)
    looking.look_due(at)
    return {name: known[title] for name, title in TITLES.items()}


TITLES = {
    "plan": "电梯门机皮带一再断，困人",
    "ready": "快递柜前占道",
    "carry": "夜间外机噪音，劝阻没有用",
    "asked": "门禁一断电就打不开",
    "watch": "雨天地库返水",
    "judge": "保洁漏扫顶楼",
    "effective": "报修没人回电话",
}


def _opened(cast: Cast, title: str, at: datetime, **wanted: object) -> Capa:
    case = found(cast, at, **wanted)
    problem = f"{title}：三个月里来了好几次，每次都修好了又坏，住户不信了。要弄清为什么一再发生，不再只修当次的。"
    return actions.open_capa(cast.luo_qing, [case.pk], title=title, problem=problem, at=at)


def _measure(cast: Cast, capa: Capa, at: datetime, kind: str, what: str, who: Person | None, days: float) -> int:
    owner = Owner(person=who.pk) if who else Owner(department=cast.security.pk)
    due = at + timedelta(days=days)
    return actions.measure(cast.luo_qing, capa.pk, kind=kind, what=what, owner=owner, due_at=due, at=at).pk


def _plan(cast: Cast, at: datetime) -> Capa:
    capa = _opened(cast, TITLES["plan"], at - timedelta(days=5), phone="13900007001")
    _measure(cast, capa, at - timedelta(days=4), "containment", "先停用 2 单元那一台，贴告示", cast.zhou_hai, 6)
    return capa


def _ready(cast: Cast, at: datetime) -> Capa:
    """Every measure there, the plan not settled."""
    began = at - timedelta(days=2)
    capa = _opened(cast, TITLES["ready"], began, phone="13900007008", items=[("快递堆在路上", "fire_lane")])
    _measure(cast, capa, began, "corrective", "划出停放格，快递公司签字", cast.he_wei, 9)
    return capa


def _carry(cast: Cast, at: datetime) -> Capa:
    began = at - timedelta(days=20)
    capa = _opened(cast, TITLES["carry"], began, phone="13900007002", items=[("夜里外机响", "plant_noise")])
    first = _measure(cast, capa, began, "containment", "夜里十点后关外机，值班员巡查登记", cast.chen_li, 2)
    _measure(cast, capa, began, "corrective", "给外机加隔音罩，测到 45 分贝以下；商户签字确认", cast.zhou_hai, 18)
    _measure(cast, capa, began, "preventive", "新商户进场合同里写明噪音上限和违约金", None, 40)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="进场时没人验收外机位置，合同里也没写", at=began + timedelta(hours=2))
    proof = Upload("登记表.png", len(PNG), [PNG])
    words = "连查七夜，都关了，登记表见附件"
    actions.end(cast.chen_li, capa.pk, measure_id=first, words=words, uploads=[proof], at=began + timedelta(days=1))
    return capa


def _asked(cast: Cast, at: datetime) -> Capa:
    began = at - timedelta(days=9)
    capa = _opened(cast, TITLES["asked"], began, phone="13900007003", items=[("门禁断电打不开", "gate")])
    row = _measure(cast, capa, began, "corrective", "换带后备电池的门禁，全部 12 个门", cast.zhou_hai, 12)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="当年选型没有后备电源", at=began + timedelta(hours=3))
    reason = "供货要两周，先到了 6 套"
    new_due = at + timedelta(days=14)
    actions.ask_extension(cast.zhou_hai, capa.pk, measure_id=row, new_due=new_due, reason=reason, at=at - timedelta(hours=3))
    return capa


def _watch(cast: Cast, at: datetime) -> Capa:
    began = at - timedelta(days=40)
    for n in range(3):
        found(cast, began - timedelta(days=9 * n + 2), phone=f"1390000710{n}", items=[("地库返水", "standing_water")])
    capa = _opened(cast, TITLES["watch"], began, phone="13900007004", items=[("地库返水", "standing_water")])
    row = _measure(cast, capa, began, "corrective", "清雨水井，加逆止阀", cast.zhou_hai, 10)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="雨水井三年没清", at=began + timedelta(hours=3))
    actions.end(cast.zhou_hai, capa.pk, measure_id=row, words="清井 9 口，装逆止阀 4 个", at=began + timedelta(days=8))
    found(cast, at - timedelta(days=3), phone="13900007110", items=[("地库返水", "standing_water")])
    return capa


def _judge(cast: Cast, at: datetime) -> Capa:
    began = at - timedelta(days=70)
    capa = _opened(cast, TITLES["judge"], began, phone="13900007005", items=[("顶楼没扫", "corridor")])
    row = _measure(cast, capa, began, "corrective", "保洁路线加上顶楼，领班每天拍照", cast.chen_li, 5)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="路线表漏了顶楼", at=began + timedelta(hours=3))
    actions.end(cast.chen_li, capa.pk, measure_id=row, words="路线表改好，领班群里每天有照片", at=began + timedelta(days=3))
    return capa


def _effective(cast: Cast, at: datetime) -> Capa:
    case = found(cast, at - timedelta(days=90), phone="13900007006", items=[("报修没人回电话", "rudeness")])
    capa = judged_at(cast, at - timedelta(days=90), case)
    Capa.objects.filter(pk=capa.pk).update(title=TITLES["effective"])
    found(cast, at - timedelta(days=4), phone="13900007007", items=[("又没人回电话", "rudeness")])
    return capa
