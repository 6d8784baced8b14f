// The case's pages: what works without it works better with it.

// The papers: the browser prints.
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

// What was refused is what one looks at first.
const wrong = document.querySelector(".act-form .wrong");
if (wrong) {
  const field = wrong.closest(".field");
  field?.scrollIntoView({ block: "center" });
  field?.querySelector("input, select, textarea")?.focus({ preventScroll: true });
}

// A folded line for one more promise opens the moment the one before is written in.
for (const form of document.querySelectorAll(".act-form")) {
  const folds = [...form.querySelectorAll("details.fold")];
  form.addEventListener("input", (event) => {
    if (!event.target.name?.startsWith("what_")) return;
    const lines = [...form.querySelectorAll("[name^=what_]")];
    if (lines.filter((line) => !line.closest("details:not([open])")).every((line) => line.value.trim())) {
      const next = folds.find((fold) => !fold.open);
      if (next) next.open = true;
    }
  });
}
