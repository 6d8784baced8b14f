// Sends a form without leaving the page until it was taken, so that chosen files and typed words stay when something is wrong.
// Forms: <form data-send>. Buttons with `formnovalidate` leave as plain forms do. Without this script everything works as plain forms.

const clear = (form) => {
  form.querySelectorAll(".wrong, [data-form-wrong]").forEach((old) => old.remove());
  form.querySelectorAll("[aria-invalid]").forEach((field) => {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  });
};

const above = (form, words) => {
  const tip = document.createElement("p");
  tip.className = "tip";
  tip.dataset.time = "late";
  tip.dataset.formWrong = "";
  tip.setAttribute("role", "alert");
  tip.textContent = words;
  form.prepend(tip);
  tip.scrollIntoView({ block: "center" });
};

const same = (form, field) => (field.id && form.querySelector(`#${CSS.escape(field.id)}`)) || form.elements[field.name];

function put(form, wrong, page) {
  const named = page.querySelector(`[aria-describedby="${wrong.id}"]`);
  const field = named && same(form, named);
  const input = field instanceof RadioNodeList ? field[0] : field;
  if (!input) return above(form, wrong.textContent);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", wrong.id);
  (input.closest(".field") || input.parentElement).append(wrong);
  return input;
}

function show(form, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  clear(form);
  const tip = page.querySelector("[data-form-wrong]");
  if (tip) above(form, tip.textContent.trim());
  const wrongs = [...page.querySelectorAll(".wrong[id]")];
  const fields = wrongs.map((wrong) => put(form, document.importNode(wrong, true), page)).filter(Boolean);
  if (!tip && !wrongs.length) above(form, (page.querySelector("main p, .tip, p") || page.body).textContent.trim().slice(0, 300));
  if (!fields.length) return;
  fields[0].focus({ preventScroll: true });
  fields[0].scrollIntoView({ block: "center" });
}

const busy = (form, button, on) => {
  if (on) form.setAttribute("data-sending", "");
  else form.removeAttribute("data-sending");
  if (!button) return;
  if (on) {
    button.dataset.rest = button.innerHTML;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  } else {
    button.removeAttribute("aria-busy");
    if (button.dataset.rest) button.innerHTML = button.dataset.rest;
  }
};

async function send(form, button) {
  busy(form, button, true);
  try {
    if (form.comingFiles) await form.comingFiles(); // photographs that are still on their way
    const body = new FormData(form);
    if (button && button.name) body.append(button.name, button.value);
    // Read as an attribute: a field that is called action would stand in the property's place.
    const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body, credentials: "same-origin" });
    if (answer.redirected) {
      if (form.forgetFiles) await form.forgetFiles();
      return location.assign(answer.url);
    }
    show(form, await answer.text());
  } catch (away) {
    clear(form);
    above(form, document.documentElement.lang === "en" ? "No connection. Everything is still here; press again when you are back online." : "连不上。写的都还在，有网了再按一次。");
  }
  busy(form, button, false);
}

document.querySelectorAll("form[data-send]").forEach((form) =>
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter || form.querySelector("button[type=submit], button:not([type])"); // older browsers do not tell which
    if (pressed && pressed.formNoValidate) return;
    event.preventDefault();
    if (!form.hasAttribute("data-sending")) send(form, pressed && pressed.classList.contains("unseen") ? form.querySelector("[data-go]") : pressed);
  }),
);
