"""Setting up brokers and what their topics mean. Only people whose role opens set-up come here; the pages see to that."""

from __future__ import annotations

from django.db.models import QuerySet

from kesu.channels.models import AlarmTopic, Broker, Device
from kesu.channels.sealing import seal
from kesu.company.models import Person, Site
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused


def brokers(person: Person) -> QuerySet[Broker]:
    """The company's own."""
    return Broker.objects.filter(company_id=person.company_id).order_by("name")


def save_broker(person: Person, broker: Broker, password: str) -> Broker:
    """Store it; an empty password keeps the one there is, but is not handed to another server. Raises Refused."""
    broker.company_id = person.company_id
    if Broker.objects.filter(company_id=person.company_id, name=broker.name).exclude(pk=broker.pk).exists():
        raise Refused("twice", "已经有一个叫这个名字", "another one has that name", field="name")
    before = Broker.objects.filter(pk=broker.pk).first()
    if before and before.host != broker.host:
        broker.sealed, broker.subscribed = "", []
    broker.sealed = seal(password) if password else broker.sealed
    broker.failures, broker.fault, broker.next_try_at = 0, "", None
    broker.save()
    return broker


def save_topic(person: Person, topic: AlarmTopic) -> AlarmTopic:
    """Store it. Raises Refused for a filter that MQTT does not allow, or one that is there, and for a message that names no device."""
    if not Site.objects.filter(pk=topic.site_id, company_id=person.company_id).exists():
        raise Refused("site", "请选一个服务点", "choose a site", field="site")
    levels = topic.filter.split("/")
    wild = [level for level in levels if ("#" in level or "+" in level) and level not in ("#", "+")]
    if not topic.filter or wild or "#" in levels[:-1] or "\0" in topic.filter:
        raise Refused("filter", "这不是 MQTT 的主题写法", "that is no MQTT topic filter", field="filter")
    if not topic.paths.get("device"):
        raise Refused("device", "写上设备编号在哪里", "say where the device's id stands", field="device")
    if AlarmTopic.objects.filter(broker=topic.broker, filter=topic.filter).exclude(pk=topic.pk).exists():
        raise Refused("twice", "这个主题已经设过了", "that topic is set up already", field="filter")
    topic.save()
    return topic


def drop_topic(topic: AlarmTopic) -> None:
    """No longer listened to; what it told of stays."""
    Device.objects.filter(topic=topic).delete()
    topic.delete()


def read_rules(text: str, pack: Pack, language: str) -> list[dict[str, object]]:
    """ "困人 = trapped, lift" a line: what the device calls it, then facts that are so and a category, by id or name. Raises Refused."""
    facts = {key.lower(): row.id for row in pack.facts for key in (row.id, row.question, row.question_en)}
    categories = {key.lower(): row.id for row in pack.categories for key in (row.id, row.label("zh"), row.label("en"))}
    found = []
    for line in filter(None, map(str.strip, text.replace("＝", "=").replace("，", ",").splitlines())):
        kind, _, meant = line.partition("=")
        rule: dict[str, object] = {"kind": kind.strip()[:60], "facts": [], "category": ""}
        said = [word.strip() for word in meant.split(",") if word.strip()]
        rule["facts"] = [facts[word.lower()] for word in said if word.lower() in facts]
        rule["category"] = next((categories[word.lower()] for word in said if word.lower() in categories), "")
        strange = [word for word in said if word.lower() not in facts and word.lower() not in categories]
        if strange or not kind.strip():
            word = strange[0] if strange else line
            raise Refused("rules", f"规程里没有“{word}”", f"the procedure has no “{word}”", field="rules")
        found.append(rule)
    return found[:100]


def written_rules(rules: list[dict[str, object]]) -> str:
    """The same as it is typed."""
    lines = []
    for rule in rules:
        facts = rule["facts"] if isinstance(rule["facts"], list) else []
        lines.append(f"{rule['kind']} = {', '.join(filter(None, [*map(str, facts), str(rule['category'])]))}")
    return "\n".join(lines)
