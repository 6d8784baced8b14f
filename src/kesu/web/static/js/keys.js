// The keyboard: every key has a visible control that does the same. Single letters work outside fields only and can be switched off.
const OFF = "keys-off";
const dialog = document.getElementById("keys");
const off = () => localStorage.getItem(OFF) === "1";
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]") && !/^(checkbox|radio|submit|button)$/.test(target.type ?? "");
const seen = (element) => element && element.getClientRects().length > 0;
let waiting = "";

const box = dialog?.querySelector("[data-keys-off]");
if (box) {
  box.checked = off();
  box.addEventListener("change", () => (box.checked ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF)));
}

function press(key) {
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(seen);
  if (!target) return false;
  if (target.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) { target.focus(); target.select?.(); }
  else target.click();
  return true;
}

function rows() { return [...document.querySelectorAll("[data-rows] [data-row]")].filter(seen); }

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row === document.activeElement || row.closest("li, tr")?.contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by));
  all[next].focus();
  all[next].closest("li, tr")?.scrollIntoView({ block: "nearest" });
  return true;
}

function main() {
  const button = [...document.querySelectorAll("main .btn.main")].find(seen);
  if (button) button.click();
  return Boolean(button);
}

function letter(key) {
  if (waiting) {
    const both = `${waiting} ${key}`;
    waiting = "";
    return press(both);
  }
  if (key === "g") { waiting = "g"; setTimeout(() => (waiting = ""), 1200); return true; }
  return press(key);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest?.("form");
    if (form) { event.preventDefault(); form.requestSubmit(form.querySelector(".btn.main") ?? undefined); }
    return;
  }
  if (event.ctrlKey || event.metaKey || typing(event.target) || dialog?.open) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  let done = false;
  if (key === "?") { dialog?.showModal(); done = true; }
  else if (key === "/") done = press("/");
  else if (key === "ArrowDown") done = step(1);
  else if (key === "ArrowUp") done = step(-1);
  else if (key === "ArrowRight" && rows().includes(document.activeElement)) { document.activeElement.click(); done = true; }
  else if (key === "Enter" && (event.target === document.body || event.target.id === "main")) done = main();
  else if (/^[a-z]$/.test(key) && !off()) done = letter(key);
  if (done) event.preventDefault();
});
