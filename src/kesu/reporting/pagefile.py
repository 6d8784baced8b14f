"""A report as one file of HTML: it opens anywhere, without this system and without the network."""

from __future__ import annotations

from html import escape

from kesu.insights.tables.table import Tongue
from kesu.reporting.contents.content import Plain
from kesu.reporting.sheets import Standing

STYLE = (
    "body{font:15px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;max-width:70rem;margin:2rem auto;"
    "padding:0 1rem;color:#1c2024;background:#fff}table{border-collapse:collapse;width:100%;margin:.6rem 0 1.2rem}"
    "caption{text-align:left;font-weight:600}th,td{border:1px solid #c8ccd0;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}small{color:#5c6570;display:block}.wide{overflow-x:auto}"
    "svg{max-width:100%;height:auto}svg text{font-size:12px;fill:#333}.say{font-weight:600}"
    "rect{fill:#7f8c99}.late,.bad{fill:#333}.grid{fill:none;stroke:#ccc}.run,.cum,.span{fill:none;stroke:#111;stroke-width:1.6}.dot{fill:#111}"
    "@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}tr{break-inside:avoid}}"
)


def html(content: Plain, standing: Standing | None = None) -> str:
    """The whole report."""
    standing, tongue = standing or Standing(), Tongue(content["language"])
    title = f"{content['title']} {content['period']}"
    lines = "".join(f"<p><b>{escape(name)}</b> {escape(words)}</p>" for name, words in standing.lines)
    parts = "".join(_part(part, (standing.comments or {}).get(part["id"], ""), tongue) for part in content["parts"])
    told = "".join(
        f"<dt>{escape(row['name'])}</dt><dd>{'<br>'.join(escape(f'{what}：{words}') for what, words in row['told'])}</dd>"
        for row in content["definitions"]
    )
    digest = f"<small>SHA-256 {escape(standing.digest)}</small>" if standing.digest else ""
    means = escape(tongue("每个数字的算法", "What each figure means"))
    return (
        f'<!doctype html><html lang="{escape(content["language"])}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(content["title"])}</h1>'
        f"<p>{escape(content['company'])}　{escape(content['site'])}　{escape(' – '.join(content['days']))}</p>{lines}{parts}"
        f"<h2>{means}</h2><dl>{told}</dl>{digest}</body></html>\n"
    )


def _part(part: Plain, comment: str, tongue: Tongue) -> str:
    words = "".join(f"<p>{escape(line)}</p>" for line in part["words"])
    said = f"<h3>{escape(tongue('评语', 'Comment'))}</h3><p>{escape(comment).replace(chr(10), '<br>')}</p>" if comment else ""
    return f"<section><h2>{escape(part['title'])}</h2>{words}{''.join(_table(table) for table in part['tables'])}{said}</section>"


def _table(table: Plain) -> str:
    notes = "".join(f"<small>{escape(note)}</small>" for note in table["notes"])
    if not table["rows"]:
        return f"<p>{escape(table['title'])}：{escape(table['empty'])}</p>{notes}"
    head = "".join(f'<th scope="col">{escape(column["name"])}</th>' for column in table["columns"])
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in table["rows"])
    return (
        f'<div class="wide"><table><caption>{escape(table["title"])}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{table['chart']}{notes}"
    )


def _cell(cell: Plain) -> str:
    interval = f"<small>{escape(cell['interval'])}</small>" if cell.get("interval") else ""
    kind = "" if cell["kind"] == "text" else ' class="n"'
    return f"<td{kind}>{escape(str(cell['words']))}{interval}</td>"
