"""What can be seen to be wrong with a page: sideways scrolling, words cut off, two filled buttons, what axe finds.

KESU_LOOK=DIR keeps a picture of every page at 390 and 1440 px, light and dark, for eyes to judge what machines cannot.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (360, 390, 1088, 1440, 1920)
GRAVE = ("serious", "critical")
PICTURES = os.environ.get("KESU_LOOK", "")
BY_EYE = (390, 1440)
IN_ENGLISH = (360, *(BY_EYE if PICTURES else BY_EYE[1:]))

_FAULTS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getClientRects().length > 0;
  const words = (one) => (one.textContent || one.value || "").trim().slice(0, 30);
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className} “${words(one)}”`;
  const faults = [], root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) {
    const out = (one) => one.getBoundingClientRect().right > innerWidth + 0.5;
    const wide = [...document.body.querySelectorAll("*")].filter((one) => seen(one) && out(one));
    faults.push(`scrolls sideways (${root.scrollWidth}): ${wide.slice(0, 3).map(name).join(", ")}`);
  }
  const h1 = [...document.querySelectorAll("h1")].filter(seen);
  if (h1.length !== 1) faults.push(`${h1.length} h1`);
  const filled = [...document.querySelectorAll(".btn.main")].filter(seen);
  if (filled.length > 1) faults.push(`${filled.length} filled buttons: ${filled.map(name).join(", ")}`);
  for (const one of document.body.querySelectorAll("*")) {
    if (!seen(one) || one.closest(".unseen, svg, progress, .skip, select, option, template, input")) continue;
    const style = getComputedStyle(one), cut = (way) => /hidden|clip/.test(style[way]);
    if (cut("overflowX") && one.scrollWidth > one.clientWidth + 1) faults.push(`cut off sideways: ${name(one)}`);
    if (cut("overflowY") && one.scrollHeight > one.clientHeight + 1) faults.push(`cut off below: ${name(one)}`);
    if (one.matches("a.btn, button, .tag, .grade, .chip") && one.textContent.trim()) {
      const inner = document.createRange();
      inner.selectNodeContents(one);
      const text = inner.getBoundingClientRect(), box = one.getBoundingClientRect();
      if (text.right > box.right + 1 || text.left < box.left - 1) faults.push(`words leave their box: ${name(one)}`);
    }
  }
  return [...new Set(faults)];
}"""


def faults(page: Page, name: str, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wrong with the page that is open, at any of the widths."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844 if width < 768 else 900})
        found += [f"{width} px: {fault}" for fault in page.evaluate(_FAULTS)]
        if width in BY_EYE:
            _picture(page, name, width)
    return found


_UNTRANSLATED = """() => {
  const spoken = "button, .btn, h2, legend, label, th, dt, summary, .tab, nav a, header small, .hint, .field > small";
  const said = [...document.querySelectorAll(spoken)].filter((one) => one.getClientRects().length && !one.closest("[lang^=zh]"));
  const words = said.flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()));
  const hidden = [...document.querySelectorAll("[aria-label], [placeholder], [title]")].filter((one) => !one.closest("[lang^=zh]"))
    .flatMap((one) => ["aria-label", "placeholder", "title"].map((name) => one.getAttribute(name) ?? ""));
  return [...new Set([...words, ...hidden])].filter((words) => /\\p{Script=Han}/u.test(words));
}"""


def untranslated(page: Page) -> list[str]:
    """Chinese that is left in what an English page says by itself: buttons, headings, labels, hints."""
    return page.evaluate(_UNTRANSLATED)


# Contrast is most of what axe takes, and the same colours come on every page: an element is looked at where none was seen before whose
# text stands as this one's does – colour, size and weight, whatever lies behind it up to the first ground that covers all, how much shines
# through, and the classes of whatever is taken out of the flow and may lie over something else.
_NEW_PAIRS = r"""(seen) => {
  const known = new Set(seen), news = [];
  const text = (node) => node.nodeType === 3 && node.textContent.trim();
  const says = (one) => [...one.childNodes].some(text) || /^(INPUT|SELECT|TEXTAREA)$/.test(one.tagName);
  for (const one of document.body.querySelectorAll("*")) {
    if (!says(one) || !one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const own = getComputedStyle(one), key = [own.color, own.fontSize, own.fontWeight, own.textShadow];
    let covered = false;
    for (let at = one; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.position !== "static" && style.position !== "relative") key.push(at.className?.baseVal ?? at.className);
      if (style.opacity !== "1" || style.filter !== "none") key.push(style.opacity, style.filter);
      if (covered) continue;
      key.push(style.backgroundColor, style.backgroundImage);
      covered = !/^rgba\(.*, (0|0?\.\d+)\)$|\/ (0|0?\.\d+)\)$|^transparent$/.test(style.backgroundColor);
    }
    const spelt = key.join("|");
    if (known.has(spelt)) continue;
    known.add(spelt);
    news.push(spelt);
    one.setAttribute("data-pair", "");
  }
  return news;
}"""
_SEEN: dict[tuple[int, bool], list[str]] = {}
_CONTRAST = "color-contrast"


def axe(page: Page, width: int = 1440, *, dark: bool = False, contrast_alone: bool = False) -> list[str]:
    """Serious and critical violations that axe finds at this width, in light or dark; each pair of colours is looked at once."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")
    try:
        found = [] if contrast_alone else _violations(page, {"rules": {_CONTRAST: {"enabled": False}}})
        seen = _SEEN.setdefault((width, dark), [])
        if news := page.evaluate(_NEW_PAIRS, seen):
            seen += news
            found += _violations(page, {"runOnly": {"type": "rule", "values": [_CONTRAST]}}, [["[data-pair]"]])
            page.evaluate("() => document.querySelectorAll('[data-pair]').forEach((one) => one.removeAttribute('data-pair'))")
    finally:
        page.emulate_media(color_scheme="light")
    return [
        f"{width} px{' dark' if dark else ''}: {row['id']}: {[node['html'][:160] for node in row['nodes']][:4]}"
        for row in found
        if row["impact"] in GRAVE
    ]


def _violations(page: Page, options: dict[str, Any], within: list[list[str]] | None = None) -> list[dict[str, Any]]:
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    context = {"include": within} if within else {}
    asked = [context, options | {"resultTypes": ["violations"]}]
    return page.evaluate(
        "([within, options]) => axe.run(within.include ? within : document, options).then((found) => found.violations)", asked
    )


def _picture(page: Page, name: str, width: int) -> None:
    if not PICTURES:
        return
    Path(PICTURES).mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
