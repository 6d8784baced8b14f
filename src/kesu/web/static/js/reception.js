// Reception: lines by Enter, chips, the caller's data, keys. Without it the page is a plain form with a few more buttons.
import "./send.js";
import "./paper.js";

const sheet = document.querySelector("#sheet");
if (sheet) start(sheet);

function start(form) {
  const list = form.querySelector("[data-lines]");
  const look = () => document.querySelector("#live").dispatchEvent(new Event("look"));
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

  // lines
  const renumber = () =>
    list.querySelectorAll("[data-line]").forEach((line, n) => {
      line.querySelector("textarea").id = `item-${n}`;
      line.querySelector("label").htmlFor = `item-${n}`;
      line.querySelector(".hints").id = `hints-${n}`;
    });
  const blank = (words = "", after = list.lastElementChild) => {
    const line = document.querySelector("#line-blank").content.firstElementChild.cloneNode(true);
    line.querySelector("textarea").value = words;
    after ? after.after(line) : list.append(line);
    renumber();
    return line;
  };
  const add = (after) => blank("", after).querySelector("textarea").focus();
  const drop = (line) => {
    const before = line.previousElementSibling;
    if (!before) return;
    line.remove();
    renumber();
    before.querySelector("textarea").focus();
    look();
  };
  const split = (line, parts) => {
    const words = line.querySelector("textarea");
    form.elements.raw.value = [form.elements.raw.value, words.value].filter(Boolean).join("\n\n");
    words.value = parts[0];
    let last = line;
    for (const part of parts.slice(1)) last = blank(part, last);
    changed(words);
  };

  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      form.requestSubmit(form.querySelector("[data-go]"));
    } else if (key === "Enter" && target.name === "item" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      add(target.closest("[data-line]"));
    } else if (key === "Backspace" && target.name === "item" && !target.value) {
      event.preventDefault();
      drop(target.closest("[data-line]"));
    } else if (key === "Enter" && target.matches("input:not([type=checkbox], [type=radio], [type=file])") && !event.isComposing) {
      event.preventDefault(); // Enter in a field goes on to the next one; it never files by mistake
      const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((field) => field.offsetParent);
      fields[fields.indexOf(target) + 1]?.focus();
    } else if (target.name?.startsWith("fact_") && /^([yn]|Backspace)$/i.test(key) && !event.ctrlKey) {
      const value = { y: "yes", n: "no" }[key.toLowerCase()] ?? "";
      const radio = [...form.elements[target.name]].find((one) => one.value === value);
      event.preventDefault();
      event.stopPropagation();
      radio.checked = true;
      radio.focus();
      changed(radio);
    }
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const line = button.closest("[data-line]");
    if (button.dataset.category) {
      const select = line.querySelector("select");
      select.value = button.dataset.category;
      changed(select);
    } else if (button.hasAttribute("data-split")) {
      event.preventDefault();
      split(line, [...line.querySelectorAll("template[data-part]")].map((part) => part.innerHTML.trim() && part.content.textContent));
    } else if (button.hasAttribute("data-add")) {
      event.preventDefault();
      add();
    } else if (button.hasAttribute("data-pick")) {
      fill(button.dataset, true);
      changed(form.elements.phone);
      form.elements.phone.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // whoever calls: what we know goes where nothing was typed, and goes away again with another number
  const fill = (known, picked = false) => {
    for (const name of picked ? ["phone", "name", "home", "reach"] : ["name", "home", "reach"]) {
      const field = form.elements[name];
      const ours = !field.value || field.value === field.dataset.filled;
      if (!picked && (!ours || field === document.activeElement)) continue;
      field.value = known[name] ?? "";
      field.dataset.filled = field.value;
    }
  };
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target?.id === "who" || event.target.id === "who") {
      fill(document.querySelector("#who [data-known]")?.dataset ?? {});
    }
    if (document.querySelector("#sum")) say();
  });

  form.addEventListener("change", (event) => {
    if (event.target.hasAttribute?.("data-co")) form.querySelector("[data-co-by]").value = "me";
    if (event.target.name === "lead") form.querySelector("[data-co-by]").value ||= "";
  });

  // what to say: the department and the time of this complaint
  const say = () => {
    const { department, due } = document.querySelector("#sum").dataset;
    document.querySelectorAll("[data-say=department]").forEach((place) => (place.textContent = department || "…"));
    document.querySelectorAll("[data-say=due]").forEach((place) => (place.textContent = due || "…"));
  };
  say();

  const clock = form.querySelector("[data-call-time]");
  if (clock) {
    const began = Date.now();
    setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      clock.textContent = [seconds / 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
    }, 1000);
    list.querySelector("textarea").focus();
  }

  // a draft that comes back may have more lines than the blank sheet
  form.addEventListener("draft:rows", ({ detail }) => {
    if (detail.name === "item") for (let n = list.children.length; n < detail.count; n += 1) blank();
  });
  form.addEventListener("draft:restored", () => {
    form.elements.phone.dispatchEvent(new Event("input", { bubbles: true }));
    look();
  });
}
