// The customer's pages: keep chosen photos when something is wrong, say how many were chosen.
import "./send.js";
import "./paper.js";

document.addEventListener("change", (event) => {
  const input = event.target.closest("input[type=file][data-most]");
  if (!input) return;
  const label = input.closest(".photo")?.querySelector("[data-chosen]");
  if (!label) return;
  label.dataset.rest ??= label.textContent;
  const names = [...input.files].map((file) => file.name);
  label.textContent = names.length ? `${names.length} / ${input.dataset.most}　${names.join("、")}` : label.dataset.rest;
  label.classList.toggle("wrong", names.length > Number(input.dataset.most));
});
