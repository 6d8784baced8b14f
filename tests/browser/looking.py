"""What can be seen to be wrong with a page: sideways scrolling, words cut off, two filled buttons, what axe finds.

KESU_LOOK=DIR keeps a picture of every page at 390 and 1440 px, light and dark, for eyes to judge what machines cannot.
"""

from __future__ import annotations

import os
from pathlib import Path

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


def axe(page: Page, width: int = 1440, *, dark: bool = False, rules: tuple[str, ...] = ()) -> list[str]:
    """Serious and critical violations that axe finds at this width, in light or dark."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")
    options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": list(rules)}} if rules else {})
    try:
        violations = Axe().run(page, options=options).response["violations"]
    finally:
        page.emulate_media(color_scheme="light")
    return [
        f"{width} px{' dark' if dark else ''}: {row['id']}: {[node['html'][:160] for node in row['nodes']][:4]}"
        for row in violations
        if row["impact"] in GRAVE
    ]


def _picture(page: Page, name: str, width: int) -> None:
    if not PICTURES:
        return
    Path(PICTURES).mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=f"{PICTURES}/{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
