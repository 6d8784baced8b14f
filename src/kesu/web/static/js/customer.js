// The customer's pages: forms that stay when something is wrong, photographs that come through, large type. For phones of 2018.
import "./send.js";
import "./paper.js";
import "./uploads.js";
import { token } from "./cookies.js";

document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-most]");
  if (!input || input.dataset.coming) return;
  const photo = input.closest(".photo"), label = photo && photo.querySelector("[data-chosen]");
  if (!label) return;
  if (!label.dataset.rest) label.dataset.rest = label.textContent;
  const names = [...input.files].map((file) => file.name);
  label.textContent = names.length ? `${names.length} / ${input.dataset.most}　${names.join("、")}` : label.dataset.rest;
  label.classList.toggle("wrong", names.length > Number(input.dataset.most));
});

// Large type: at once here, remembered by the server for the next page.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-size-form]");
  if (!form) return;
  event.preventDefault();
  const root = document.documentElement, button = form.querySelector("[name=size]"), size = button.value;
  root.dataset.size = size;
  button.value = size === "large" ? "usual" : "large";
  button.setAttribute("aria-pressed", String(size === "large"));
  const body = new URLSearchParams({ size });
  fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-CSRFToken": token(), "X-Quiet": "1" } }).catch(() => {});
});

// Told there is read once somebody has the page before them: it is touched, or stays in sight. Previews and scanners do neither.
const page = document.querySelector("[data-seen]");
if (page) {
  const LONG_ENOUGH = 5000; // milliseconds
  let said = false, timer;
  const inSight = () => document.visibilityState === "visible";
  const say = () => {
    if (said || !inSight()) return;
    said = true;
    const body = new URLSearchParams({ at: page.dataset.at });
    if (!(navigator.sendBeacon && navigator.sendBeacon(page.dataset.seen, body))) fetch(page.dataset.seen, { method: "POST", body }).catch(() => {});
  };
  const wait = () => {
    clearTimeout(timer);
    if (inSight()) timer = setTimeout(say, LONG_ENOUGH);
  };
  for (const sign of ["pointerdown", "touchstart", "keydown", "wheel"]) addEventListener(sign, (event) => event.isTrusted && say(), { passive: true });
  document.addEventListener("visibilitychange", wait);
  wait();
}
