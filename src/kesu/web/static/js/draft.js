// Every form[data-draft] survives a closed browser: kept on this device as it is typed, and for signed-in people on the server,
// so that another device has it. A form whose server answer leads elsewhere was taken; the server says so with a cookie.
import { cookie, token } from "./cookies.js";

const person = document.documentElement.dataset.person || "";
const words = (document.getElementById("draft-words") || { dataset: {} }).dataset;
const LOCAL = 400, SERVER = 2500, OLDEST = 14 * 24 * 3600 * 1000; // milliseconds

const place = (name) => `draft:${person}:${name}`;
const clock = (ms) => new Date(ms).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

function fields(form) {
  const skipped = /^(csrfmiddlewaretoken|_draft|next)$|password/i;
  return [...form.elements].filter((field) => {
    if (!field.name || field.disabled || skipped.test(field.name) || "draftSkip" in field.dataset) return false;
    if (["file", "password", "submit", "button", "hidden"].includes(field.type)) return "draftKeep" in field.dataset;
    return true;
  });
}

function read(form) {
  return [].concat(...fields(form).map((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked ? [[field.name, field.value]] : [];
    if (field.type === "select-multiple") return [...field.selectedOptions].map((option) => [field.name, option.value]);
    return [[field.name, field.value]];
  }));
}

function write(form, pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
  // A page that adds rows of its own makes room first.
  for (const [name, list] of values) form.dispatchEvent(new CustomEvent("draft:rows", { detail: { name, count: list.length }, bubbles: true }));
  const used = new Map();
  for (const field of fields(form)) {
    const list = values.get(field.name) || [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = list.includes(field.value);
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = list.includes(option.value);
    else {
      const n = used.get(field.name) || 0;
      used.set(field.name, n + 1);
      if (n < list.length) field.value = list[n];
    }
  }
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
}

function kept(name) {
  try {
    const found = JSON.parse(localStorage.getItem(place(name)));
    return found && Date.now() - found.saved < OLDEST ? found : null;
  } catch (closed) { return null; }
}

function keep(name, pairs, synced = false) {
  try { localStorage.setItem(place(name), JSON.stringify({ fields: pairs, saved: Date.now(), synced })); } catch (full) { /* no room: the server has it */ }
}

function forget(name) {
  try { localStorage.removeItem(place(name)); } catch (closed) { /* nothing to do */ }
}

function address(name) { return `/drafts/${encodeURIComponent(name)}/`; }

function offer(form, name, saved) {
  const tip = document.createElement("p");
  tip.className = "tip draft-tip";
  tip.setAttribute("role", "status");
  tip.append(`${words.back || ""} ${clock(saved)}`);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn quiet";
  button.textContent = words.throw || "×";
  button.addEventListener("click", async () => {
    forget(name);
    if (person) await fetch(address(name), { method: "DELETE", headers: { "X-CSRFToken": token() } }).catch(() => {});
    location.reload();
  });
  tip.append(button);
  form.prepend(tip);
}

// The page's other scripts make room for rows: on a slow line they come after the draft.
function scripts() {
  if (document.readyState === "complete") return null;
  return new Promise((there) => { for (const moment of ["DOMContentLoaded", "load"]) addEventListener(moment, there, { once: true }); });
}

function same(a, b) { return JSON.stringify(a) === JSON.stringify(b); }

async function restore(form, name) {
  if ("draftTyped" in form.dataset) return; // the server has just given back what was typed
  const fresh = read(form), ready = scripts();
  let found = kept(name), typed = false; // parts of the page that arrive meanwhile change the form, too: only a hand at it counts
  form.addEventListener("input", (event) => { if (event.isTrusted) typed = true; });
  if (person) {
    const answer = await fetch(address(name), { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer && answer.status === 204 && found && found.synced) { // the server had it and has it no more: sent from another device
      forget(name);
      found = null;
    }
    if (answer && answer.status === 200 && !answer.redirected) { // led to the door: signed out meanwhile
      const there = await answer.json();
      if (!found || there.saved > found.saved + SERVER + 1000) found = there;
    }
  }
  await ready;
  if (found && !same(found.fields, fresh) && !typed) {
    write(form, found.fields);
    offer(form, name, found.saved);
  }
}

function watch(form) {
  const name = form.dataset.draft;
  const fresh = read(form);
  let soon, later;
  const say = () => { const state = form.querySelector("[data-draft-state]") || document.querySelector(`[data-draft-state="${CSS.escape(name)}"]`);
    if (state) state.textContent = `${words.kept || ""} ${new Date().toTimeString().slice(0, 5)}`; };
  const store = () => { const pairs = read(form); const old = kept(name);
    if (same(pairs, fresh) && !old) return null;
    if (!old || !same(old.fields, pairs)) { keep(name, pairs); say(); }
    return pairs; };
  const send = () => { const pairs = store(); if (!person || !pairs || (kept(name) || {}).synced) return;
    fetch(address(name), { method: "POST", body: JSON.stringify(pairs), keepalive: true, headers: { "Content-Type": "application/json", "X-CSRFToken": token() } })
      .then((answer) => { if (answer.ok && same((kept(name) || {}).fields, pairs)) keep(name, pairs, true); }, () => {}); };
  const typed = () => { clearTimeout(soon); clearTimeout(later); soon = setTimeout(store, LOCAL); later = setTimeout(send, SERVER); };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  addEventListener("pagehide", () => { if (soon) store(); });
  form.addEventListener("submit", () => {
    clearTimeout(soon); clearTimeout(later); soon = null;
    keep(name, read(form)); // until the server says that it was taken
    if (!form.elements._draft) { const field = document.createElement("input"); field.type = "hidden"; field.name = "_draft"; field.value = name; form.append(field); }
  });
}

const sent = decodeURIComponent(cookie("kesu_sent").replace(/"/g, ""));
if (sent) {
  forget(sent);
  try { localStorage.removeItem(`draft::${sent}`); } catch (closed) { /* written before signing in */ }
  document.cookie = "kesu_sent=; max-age=0; path=/; samesite=lax";
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  watch(form);
  restore(form, form.dataset.draft);
}
