"""Filing by the interface beside a bare insert of the same rows on the same server; a large file taken in, with its memory."""

from __future__ import annotations

import csv
import http.client
import json
import resource
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.places import served, step

CLIENTS, SECONDS = 8, 5.0
ROWS = 100_000


def measure(env: dict[str, str], rows: int = ROWS) -> dict[str, Any]:
    """Complaints per second by eight clients, ours and bare; rows per second and MiB of imports."""
    prepared = step(env, "api-token")
    with served(env | {"KESU_API_RATE": "0"}) as (port, _web):
        # Ours first: the bare insert copies the rows of the newest complaint, so that both write the same.
        ours = [_load(port, "/api/v1/cases", prepared["token"], prepared["body"]) for _ in range(2)]
        bare = [_load(port, "/bare-insert", "", {}) for _ in range(2)]
    found: dict[str, Any] = {"api_per_s": round(max(ours)), "bare_per_s": round(max(bare)), "share": round(max(ours) / max(bare), 2)}
    kinds = (("customers", "csv"), ("customers", "xlsx"), ("cases", "csv"))
    return found | {f"import {kind} {form}": step(env, "import", kind, form, rows) for kind, form in kinds}


def _load(port: int, url: str, token: str, body: dict[str, Any]) -> float:
    done = [0] * CLIENTS
    until = time.perf_counter() + SECONDS
    threads = [threading.Thread(target=_client, args=(port, url, token, body, done, n, until)) for n in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def _client(port: int, url: str, token: str, body: dict[str, Any], done: list[int], n: int, until: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    while time.perf_counter() < until:
        sent = body | {"phone": f"138{n:02d}{done[n] % 400:06d}"} if body else {"n": done[n]}
        connection.request("POST", url, json.dumps(sent), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{url} answered {answer.status}: {said[:300]!r}")
        done[n] += 1


# Steps, inside the product's own process


def token() -> dict[str, Any]:
    """A token for somebody who may receive, and what they file."""
    from bench.steps import ITEMS, _clerk
    from kesu.config.now import now
    from kesu.exchange.actions.tokens import digest_of
    from kesu.exchange.models import Token

    clerk, site, rights = _clerk()
    at = now()
    Token.objects.create(
        company_id=clerk.company_id, person=clerk, name="bench", digest=digest_of("kesu_bench"), tail="ench", scopes=["receive"],
        made_by=clerk, made_at=at, expires_at=at + timedelta(days=1),
    )  # fmt: skip
    body = {
        "site_id": site.pk, "channel": rights.pack.channels[0].id, "name": "李建平", "home": "6 栋 301", "wants": "今晚先止水",
        "items": [{"words": words} for words, _ in ITEMS],
    }  # fmt: skip
    return {"token": "kesu_bench", "body": body}


def take_in(kind: str, form: str, rows: int) -> dict[str, Any]:
    """A file of so many rows, taken in by one process."""
    from bench.steps import _clerk
    from kesu.company.models import Person
    from kesu.company.rights import rights_of
    from kesu.config.now import now
    from kesu.exchange.actions import imports

    clerk, site, rights = _clerk()
    at = now()
    who = (
        clerk
        if kind == "cases"
        else next(person for person in Person.objects.select_related("company") if rights_of(person, at).page("setup"))
    )
    path = Path(str(imports.file_of(f"bench.{form}")))
    path.parent.mkdir(exist_ok=True)
    (_excel if form == "xlsx" else _csv)(path, kind, rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    with path.open("rb") as file:
        whole = imports.prepare(who, kind, path.name, iter(lambda: file.read(2**20), b""), at)
    settled = {"site": site.code} | ({"channel": rights.pack.channels[0].id, "source": form} if kind == "cases" else {})
    imports.map_columns(who, whole.pk, whole.columns, settled, at)
    imports.start(who, whole.pk, at, dry=False)
    whole = imports.run(whole.pk, at)
    took = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"rows": whole.seen, "added": whole.added, "known": whole.known, "refused": whole.refused}
    return told | {
        "seconds": round(took, 1),
        "rows_per_s": round(rows / took),
        "rss_before_mib": round(before),
        "rss_most_mib": round(most),
    }


def _table(kind: str, rows: int) -> Any:
    if kind == "cases":
        yield ["工单编号", "诉求内容", "来电人", "联系电话", "地址"]
        for n in range(rows):
            yield [f"JD{n:08}", f"主卧天花板又滴水，昨晚开始，现在还在滴，第 {n} 次来电", f"客户{n}", f"137{n:08}", f"{n % 60}栋{n}"]
    else:
        yield ["姓名", "电话", "房号", "方便联系的时间"]
        for n in range(rows):
            yield [f"客户{n}", f"136{n:08}", f"{n % 60}栋{n}", "晚上七点以后"]


def _csv(path: Path, kind: str, rows: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(_table(kind, rows))


def _excel(path: Path, kind: str, rows: int) -> None:
    """Written by hand, row by row: the writer's memory must not be counted for the reader's."""
    import zipfile
    from xml.sax.saxutils import escape

    spread = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{office}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{link}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{spread}" xmlns:r="{link}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{link}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{spread}"><sheetData>'.encode())
            for row in _table(kind, rows):
                cells = "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
                sheet.write(f"<row>{cells}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
