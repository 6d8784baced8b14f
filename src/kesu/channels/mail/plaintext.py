"""The text of a letter: from HTML, from flowed lines; and where what is quoted begins."""

from __future__ import annotations

import html
import re

MOST_HTML = 4_000_000  # characters that are laid out properly; of more only the words are kept
DEEPEST = 2000  # elements within each other, likewise

_BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table", "hr"}
_KEPT = _BLOCKS | {"br", "td", "th"}
_DROPPED = {"script", "style", "title", "head", "noscript", "template", "object", "iframe", "svg", "math", "select"}
_SHOWN = {
    *_KEPT, "a", "b", "strong", "i", "em", "u", "s", "span", "font", "center", "tbody", "thead", "tfoot", "caption", "dl", "dt", "dd",
    "sub", "sup", "code", "small",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_ENDS_BY_ITSELF = {"br", "img", "hr", "input", "meta", "link", "p", "li", "td", "tr", "th", "option", "col"}
BREAK, BLOCK, PARAGRAPH, QUOTE_BEGINS, QUOTE_ENDS = "\x03", "\x04", "\x05", "\x01", "\x02"  # stand for tags until lines are made
_BLOCKS_RUN = re.compile(r"\x03?[\x04\x05][\x01\x02\x04\x05]*")
_MANY_BLANK = re.compile(r"\n{3,}")


def clean_html(text: str) -> str:
    """HTML that may be shown to staff: no scripts, styles, pictures, forms; links lead away without telling where from."""
    if _too_deep(text):
        return html.escape(from_html(text))
    import nh3  # only where there is HTML

    return nh3.clean(
        text[:MOST_HTML],
        tags=_SHOWN,
        clean_content_tags=_DROPPED,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def from_html(text: str) -> str:
    """The words in their lines; quoted blocks get "> " before every line."""
    if len(text) > MOST_HTML or _too_deep(text):
        return tidy(html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", text)))
    import nh3

    clean = nh3.clean(text.replace("\0", ""), tags=_KEPT, clean_content_tags=_DROPPED, attributes={}, link_rel=None)
    out: list[str] = []
    preformatted = at = 0
    for tag in _TAG.finditer(clean):
        _add(out, clean[at : tag.start()], preformatted)
        at = tag.end()
        closing, name = tag[1] == "/", tag[2]
        if name == "blockquote":
            out.append(BLOCK + (QUOTE_ENDS if closing else QUOTE_BEGINS))
        elif name == "pre":
            preformatted = max(0, preformatted + (-1 if closing else 1))
            out.append(BLOCK)
        elif name in ("td", "th"):
            out.append(" " if closing else "")
        elif name == "br":
            out.append(BREAK)
        elif name in _BLOCKS:
            out.append(PARAGRAPH if name == "p" and closing else BLOCK)
    _add(out, clean[at:], preformatted)
    return tidy(_quoted(_BLOCKS_RUN.sub(_new_lines, "".join(out)).replace(BREAK, "\n")))


def _new_lines(run: re.Match[str]) -> str:
    """Blocks that end and begin together make one new line, a paragraph an empty one; a break at the end of a block is not seen."""
    quotes = "".join(mark for mark in run[0] if mark in (QUOTE_BEGINS, QUOTE_ENDS))
    return ("\n\n" if PARAGRAPH in run[0] or quotes else "\n") + quotes


def _too_deep(text: str) -> bool:
    """Elements within elements without end cost the cleaner the square of their depth; no program writes them."""
    depth = deepest = 0
    for tag in _ANY_TAG.finditer(text):
        if tag[2].lower() not in _ENDS_BY_ITSELF:
            depth = max(0, depth + (-1 if tag[1] else 1))
            deepest = max(deepest, depth)
    return deepest > DEEPEST


def _add(out: list[str], piece: str, preformatted: int) -> None:
    words = html.unescape(piece).replace("\xa0", " ")
    if preformatted:
        out.append(words.replace("\r\n", "\n"))
        return
    collapsed = " ".join(words.split()) if words.strip() else ""
    ends, begins = words[:1].isspace(), words[-1:].isspace()
    joint = " " if ends and out and not out[-1].endswith((" ", BREAK, BLOCK, PARAGRAPH)) else ""
    if collapsed:
        out.append(f"{joint}{collapsed}{' ' if begins else ''}")
    elif joint:
        out.append(" ")


def _quoted(text: str) -> str:
    lines, depth = [], 0
    for line in text.split("\n"):
        closed = line.count(QUOTE_ENDS)
        if closed and line.startswith(QUOTE_ENDS):
            depth, closed = max(0, depth - closed), 0
        depth = min(depth + line.count(QUOTE_BEGINS), 50)
        words = line.replace(QUOTE_BEGINS, "").replace(QUOTE_ENDS, "")
        lines.append(f"{'> ' * depth}{words}" if depth and words.strip() else words)
        depth = max(0, depth - closed)
    return "\n".join(lines)


def flowed(text: str, *, delete_space: bool) -> str:
    """RFC 3676: a line that ends in a space goes on in the next one of the same quoting depth."""
    out: list[str] = []
    last_depth, goes_on = -1, False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:]
        words = words[1:] if words.startswith(" ") else words
        soft = words.endswith(" ") and words != "-- "
        here = words[:-1] if soft and delete_space else words
        if goes_on and depth == last_depth and words != "-- ":
            out[-1] += here
        else:
            out.append(f"{'>' * depth} {here}" if depth else here)
        last_depth, goes_on = depth, soft
    return "\n".join(out)


def tidy(text: str) -> str:
    """One kind of line end, no trailing blanks, at most one empty line at a time."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return _MANY_BLANK.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


# Quoted text

REPLY_ABOVE = "请在这一行上面回复"
REPLY_ABOVE_EN = "please reply above this line"
_BEGINS = re.compile(
    r"^(?:"
    r"[-—_=\s]{2,}\s*(?:original message|original appointment|forwarded message|ursprüngliche nachricht"
    r"|原始邮件|原始信件|原邮件|转发的?邮件|回复的原邮件)\s*[-—_=\s]{2,}.*"
    r"|(?:on\s.{6,200}\swrote|在.{6,200}写道|.{6,200}写道|.{4,200}于.{4,120}写道)\s*[:：]\s*"
    r"|.*(?:请在这一行上面回复|please reply above this line).*"
    r")$",
    re.I,
)
_HEAD = re.compile(r"^\s*\*?(?:发件人|寄件者|寄件人|from)\*?\s*[:：]", re.I)
_HEAD_ON = re.compile(r"^\s*\*?(?:发送时间|日期|时间|收件人|主题|寄件日期|日期|收件者|主旨|date|sent|to|subject)\*?\s*[:：]", re.I)


def split_quote(text: str) -> tuple[str, str]:
    """(what the sender wrote now, what stands quoted with it). Nothing is lost: the two are all lines of the text.

    An answer written below or between the quoted lines stays the sender's own.
    """
    lines = text.split("\n")
    begins = next((n for n, line in enumerate(lines) if _begins(lines, n)), len(lines))
    above = [line for line in lines[:begins] if not line.startswith(">")]
    if any(line.strip() for line in above):
        own, quoted = above, [line for line in lines[:begins] if line.startswith(">")] + lines[begins:]
    else:
        own = [line for line in lines[begins + 1 :] if not line.startswith(">")]
        quoted = lines[: begins + 1] + [line for line in lines[begins + 1 :] if line.startswith(">")]
    if not any(line.strip() for line in own):
        return text.strip(), ""
    return "\n".join(own).strip(), "\n".join(quoted).strip()


def _begins(lines: list[str], n: int) -> bool:
    line = lines[n].strip()
    if len(line) < 400 and _BEGINS.match(line):
        return True
    if (
        len(line) < 300
        and n + 1 < len(lines)
        and line.lower().startswith(("on ", "在"))
        and _BEGINS.match(f"{line} {lines[n + 1].strip()}"[:400])
    ):
        return True
    return bool(_HEAD.match(lines[n])) and sum(bool(_HEAD_ON.match(after)) for after in lines[n + 1 : n + 6]) >= 2
