// Copy and print buttons; they are hidden where there is no script.
document.documentElement.classList.add("with-js");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if (button.hasAttribute("data-print")) return window.print();
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch (closed) {
    document.execCommand("copy"); // plain http on the office network has no clipboard interface
  }
  const rest = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = rest), 2000);
});
