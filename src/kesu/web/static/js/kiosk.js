// The screen at the counter: begins anew when nobody touches it, keeps one single page in the browser's memory, and shows nothing from before.
let where = document.querySelector("[data-kiosk]");
let since = Date.now();

const anew = () => location.replace(where.dataset.kiosk);

function put(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  where = document.querySelector("[data-kiosk]");
  since = Date.now();
  document.querySelector("main").focus();
}

for (const sign of ["pointerdown", "keydown", "input", "scroll"]) document.addEventListener(sign, () => (since = Date.now()), { passive: true });

setInterval(() => {
  const typed = [...document.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => (field.type === "checkbox" ? field.checked : field.value));
  const idle = Date.now() - since > Number(where.dataset.idle) * 1000;
  if (idle && (typed || where.hasAttribute("data-filed") || document.querySelector(".wrong"))) anew();
}, 1000);

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-anew]")) return;
  event.preventDefault();
  anew();
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.door-form");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    put(await (await fetch(form.action, { method: "POST", body: new FormData(form) })).text());
  } catch {
    button.disabled = false; // no line: what was typed stays, and may be sent again
  }
});

addEventListener("pageshow", (event) => event.persisted && anew());
