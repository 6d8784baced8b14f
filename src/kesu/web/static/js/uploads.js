// Photographs leave as soon as they are chosen, piece by piece: a lost connection costs a piece. What is chosen is kept on this device
// (IndexedDB) until the form was taken, so that a closed page goes on where it was. For phones of 2018: nothing newer than ES2017.
// Inputs: <input type=file data-coming="/u/"> within a form[data-send][data-draft]. Without this script the form sends them itself.

const PIECE = 256 * 1024, PATIENCE = 30000, OLDEST = 24 * 3600 * 1000; // bytes, milliseconds, milliseconds
const PAUSES = [1000, 2000, 4000, 8000, 15000]; // before the next try

const opened = new Promise((found) => {
  try {
    const asked = indexedDB.open("kesu", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "key" });
    asked.onsuccess = () => found(asked.result);
    asked.onerror = asked.onblocked = () => found(null);
  } catch (closed) { found(null); } // private browsing: nothing is kept, everything else works
});

async function stored(mode, act) {
  const base = await opened;
  if (!base) return undefined;
  return new Promise((found) => {
    try {
      const asked = act(base.transaction("files", mode).objectStore("files"));
      asked.onsuccess = () => found(asked.result);
      asked.onerror = () => found(undefined);
    } catch (full) { found(undefined); }
  });
}

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const bytesOf = (file) => new Promise((found, failed) => {
  const reader = new FileReader();
  reader.onload = () => found(reader.result);
  reader.onerror = () => failed(reader.error);
  reader.readAsArrayBuffer(file);
});

// Until the next try, or at once when the connection is back.
const rest = (tries) => new Promise((go) => {
  const timer = setTimeout(done, PAUSES[Math.min(tries, PAUSES.length - 1)]);
  function done() { clearTimeout(timer); removeEventListener("online", done); go(); }
  addEventListener("online", done);
});

async function ask(address, options) {
  const stop = window.AbortController ? new AbortController() : null;
  const timer = stop && setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(address, Object.assign({ credentials: "same-origin" }, stop ? { signal: stop.signal } : {}, options));
    if (answer.status >= 500) throw new Error("busy");
    return { status: answer.status, said: await answer.json() };
  } finally { clearTimeout(timer); }
}

class Coming {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.name = this.form.dataset.draft || location.pathname;
    this.words = input.dataset;
    this.rows = [];
    this.list = document.createElement("ul");
    this.list.className = "coming";
    input.closest("label").after(this.list);
    input.addEventListener("change", () => this.choose([...input.files]));
    this.form.comingFiles = () => this.whole();
    this.form.forgetFiles = () => this.forget();
    this.again();
  }

  // After a reload: what was kept goes on.
  async again() {
    const all = (await stored("readonly", (rows) => rows.getAll())) || [];
    for (const row of all) {
      if (Date.now() - row.at > OLDEST) stored("readwrite", (rows) => rows.delete(row.key));
      else if (row.form === this.name && !this.rows.some((one) => one.key === row.key)) this.add(row);
    }
  }

  async choose(files) {
    this.input.value = ""; // they go their own way
    for (const file of files) {
      let data;
      try { data = await bytesOf(file); } catch (gone) { continue; }
      const row = { key: newKey(), form: this.name, name: file.name || "file", size: file.size, data, at: Date.now() };
      await stored("readwrite", (rows) => rows.put(row));
      this.add(row);
    }
  }

  add(row) {
    this.rows.push(row);
    this.draw(row);
    row.coming = this.send(row).then(() => this.arrived(row), (refused) => this.refused(row, refused));
    this.count();
  }

  draw(row) {
    const line = document.createElement("li"), name = document.createElement("span"), drop = document.createElement("button");
    row.bar = document.createElement("progress");
    row.state = document.createElement("small");
    name.textContent = row.name;
    row.bar.max = row.size;
    row.bar.value = 0;
    row.bar.setAttribute("aria-label", row.name);
    row.state.setAttribute("role", "status");
    drop.type = "button";
    drop.className = "btn quiet";
    drop.textContent = this.words.drop;
    drop.setAttribute("aria-label", `${this.words.drop} ${row.name}`);
    drop.addEventListener("click", () => this.drop(row));
    line.append(name, drop, row.bar, row.state);
    row.line = line;
    this.list.append(line);
  }

  async send(row) {
    const address = `${this.words.coming}${row.key}/`;
    let got = -1, tries = 0;
    while (!row.dropped && got < row.size) {
      try {
        if (got < 0) got = (await ask(address)).said.got;
        else got = await this.piece(row, address, got);
        tries = 0;
        row.bar.value = Math.min(got, row.size);
        row.state.textContent = got < row.size ? `${Math.floor((100 * got) / row.size)}%` : "";
      } catch (problem) {
        if (problem.refused) throw problem;
        got = -1;
        row.state.textContent = this.words.waits;
        await rest(tries++);
      }
    }
  }

  async piece(row, address, got) {
    const query = `?offset=${got}&size=${row.size}&name=${encodeURIComponent(row.name)}`;
    const answer = await ask(address + query, { method: "POST", body: row.data.slice(got, got + PIECE) });
    if (answer.status === 200 || answer.status === 409) return answer.said.got;
    throw Object.assign(new Error(answer.said.error), { refused: true });
  }

  arrived(row) {
    if (row.dropped) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "upload";
    field.value = row.key;
    row.line.append(field);
    row.line.dataset.done = "";
    row.state.textContent = this.words.done;
  }

  refused(row, problem) {
    row.wrong = true;
    row.bar.remove();
    row.state.className = "wrong";
    row.state.textContent = problem.message;
    stored("readwrite", (rows) => rows.delete(row.key));
    this.count();
  }

  drop(row) {
    row.dropped = true;
    row.line.remove();
    this.rows = this.rows.filter((one) => one !== row);
    stored("readwrite", (rows) => rows.delete(row.key));
    this.count();
  }

  count() {
    const label = this.input.closest("label").querySelector("[data-chosen]"), most = Number(this.words.most);
    if (!label) return;
    if (!label.dataset.rest) label.dataset.rest = label.textContent;
    const many = this.rows.filter((row) => !row.wrong).length;
    label.textContent = many ? `${many} / ${most}` : label.dataset.rest;
    label.classList.toggle("wrong", many > most);
  }

  // Before the form is sent: everything that can come has come. Without a connection nobody is kept waiting: the form says so.
  async whole() {
    const waiting = this.rows.filter((row) => !row.wrong && !("done" in row.line.dataset));
    if (waiting.length && navigator.onLine === false) throw new Error("offline");
    await Promise.all(waiting.map((row) => row.coming));
  }

  async forget() {
    await Promise.all(this.rows.map((row) => stored("readwrite", (rows) => rows.delete(row.key))));
  }
}

if (window.indexedDB && window.crypto && window.FileReader)
  document.querySelectorAll("form[data-send] input[type=file][data-coming]").forEach((input) => new Coming(input));
