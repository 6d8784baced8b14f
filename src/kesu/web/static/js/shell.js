// The frame: light and dark, menus, buttons that say they are busy, what to show while there is no connection.
import { token } from "./cookies.js";

const root = document.documentElement;

// Light and dark: at once here, remembered by the server for the next page.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = dark ? "light" : "dark";
  root.dataset.theme = theme;
  const body = new URLSearchParams({ theme });
  fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { "X-CSRFToken": token(), "X-Quiet": "1" } }).catch(() => {});
});

// Menus close on Escape and on a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const opener = event.target.closest("[data-open]");
  const opens = opener && document.querySelector(opener.dataset.open);
  if (opens) opens.showModal();
  const back = event.target.closest("[data-back]");
  if (back && history.length > 1) { event.preventDefault(); history.back(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});

// A form is sent once: its button says so and cannot be pressed again until the page changes.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || event.target.method !== "post" || event.target.target) return;
  if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  setTimeout(() => {
    if (event.defaultPrevented) return;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) { button.dataset.words = button.textContent; button.textContent = button.dataset.busy; }
  });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy=true]")) {
    button.removeAttribute("aria-busy");
    if (button.dataset.words) button.textContent = button.dataset.words;
  }
});

// htmx: our token, and a word when the server cannot be reached.
const offline = (away) => { const tip = document.querySelector("[data-offline]"); if (tip) tip.hidden = !away; };
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
// What refreshes itself rests while nobody looks. (A filter in hx-trigger would be evaluated, which our policy forbids.)
document.addEventListener("htmx:beforeRequest", (event) => { if (document.hidden && !event.detail.requestConfig.triggeringEvent) event.preventDefault(); });
document.addEventListener("htmx:sendError", () => offline(true));
document.addEventListener("htmx:timeout", () => offline(true));
document.addEventListener("htmx:afterOnLoad", () => offline(false));
addEventListener("offline", () => offline(true));
addEventListener("online", () => offline(false));
