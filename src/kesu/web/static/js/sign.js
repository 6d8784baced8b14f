// A signature drawn with the finger, kept as a PNG in the form's hidden field. Without this script the field stays hidden.
const INK = "#1a1a1f", PAPER = "#ffffff", WIDE = 640, HIGH = 240;

for (const field of document.querySelectorAll("[data-sign-field]")) {
  const kept = field.querySelector("input[data-sign]");
  const paper = document.createElement("canvas");
  paper.width = WIDE;
  paper.height = HIGH;
  paper.setAttribute("role", "img");
  paper.setAttribute("aria-label", field.dataset.label);
  const pen = paper.getContext("2d");
  const wipe = () => { pen.fillStyle = PAPER; pen.fillRect(0, 0, WIDE, HIGH); kept.value = ""; };
  const at = (event) => {
    const box = paper.getBoundingClientRect();
    return [(event.clientX - box.left) * WIDE / box.width, (event.clientY - box.top) * HIGH / box.height];
  };
  Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: INK });
  wipe();
  if (kept.value === "" && kept.defaultValue) kept.value = kept.defaultValue;
  let drawing = false;
  paper.addEventListener("pointerdown", (event) => {
    drawing = true;
    paper.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  paper.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  const lift = () => { if (drawing) kept.value = paper.toDataURL("image/png"); drawing = false; };
  paper.addEventListener("pointerup", lift);
  paper.addEventListener("pointercancel", lift);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn quiet";
  again.textContent = field.dataset.clear;
  again.addEventListener("click", wipe);
  kept.before(paper);
  kept.after(again);
  field.hidden = false;
}
