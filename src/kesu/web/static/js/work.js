// The work list between two answers of the server: the words of each clock go on by themselves, the bar drains.
const MINUTE = 60, HOUR = 3600, DAY = 86400;
const zh = document.documentElement.lang.startsWith("zh");
const loaded = performance.now();
const units = zh ? { d: "天", h: "小时", m: "分" } : { d: "d", h: "h", m: "min" };

const step = (seconds) => (seconds >= 3 * DAY ? DAY : seconds >= DAY ? HOUR : MINUTE);

// Up to the unit that is shown; rounding may reach the next unit, so it goes from small to large.
function roundedUp(seconds) {
  for (const unit of [MINUTE, HOUR, DAY]) if (unit <= step(seconds)) seconds = Math.ceil(seconds / unit) * unit;
  return seconds;
}

function amount(seconds) {
  if (seconds >= 3 * DAY) return zh ? `${Math.floor(seconds / DAY)} 天` : `${Math.floor(seconds / DAY)} days`;
  const pairs = seconds >= DAY
    ? [["d", Math.floor(seconds / DAY)], ["h", Math.floor((seconds % DAY) / HOUR)]]
    : [["h", Math.floor(seconds / HOUR)], ["m", Math.floor((seconds % HOUR) / MINUTE)]];
  const said = pairs.filter(([, n]) => n).map(([unit, n]) => `${n} ${units[unit]}`).join(" ");
  return zh && !pairs[0][1] && pairs[1][0] === "m" && said ? `${said}钟` : said;
}

export function words(left) {
  if (left >= 0 && left < MINUTE) return zh ? "还剩不到 1 分钟" : "less than 1 min left";
  const said = amount(left > 0 ? left - (left % step(left)) : roundedUp(-left));
  if (zh) return left > 0 ? `还剩 ${said}` : `已超 ${said}`;
  return left > 0 ? `${said} left` : `${said} late`;
}

let began = loaded;
function tick() {
  const page = document.getElementById("work");
  if (!page) return;
  const now = Number(page.dataset.now) + Math.floor((performance.now() - began) / 1000);
  let fell = false;
  for (const row of page.querySelectorAll("[data-due]")) {
    const left = Number(row.dataset.due) - now, clock = row.querySelector(".clock"), bar = clock?.querySelector("progress");
    if (!clock) continue;
    clock.querySelector("b").textContent = words(left);
    if (clock.dataset.time === "late") continue;
    if (bar) bar.value = Math.max(0, Math.min(bar.max, left));
    fell ||= left <= 0;
  }
  if (fell) document.body.dispatchEvent(new Event("work-again"));
}

document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "work" || event.target.id === "work") began = performance.now(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); document.body.dispatchEvent(new Event("work-again")); } });
setInterval(tick, 15000);
