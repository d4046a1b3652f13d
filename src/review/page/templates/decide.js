// Deciding: what a key or a button sends, and how the page takes in what came of it.
const desk = find("#desk")?.dataset;
const session = { version: Number(desk?.version ?? 0), busy: Promise.resolve(), selection: null };
const reviewer = () => store.get("tearline-name").trim();

function toast(text, time = 4000) {
  const box = find("#toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { box.hidden = true; }, time);
}

async function send(where, body) {
  const response = await fetch(`${desk.base}${where}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-tearline": "review" },
    body: JSON.stringify({ ...body, version: session.version }),
  });
  const answer = await response.json().catch(() => ({ fault: "the server gave no answer" }));
  if (!response.ok) throw new Error(answer.fault ?? "the server refused");
  return answer;
}

// One after the other, so that each answer is taken in before the next question.
function queue(act) {
  session.busy = session.busy.then(act).catch((error) => toast(`Not done: ${error.message}`, 8000));
  return session.busy;
}

const parse = (html) => new DOMParser().parseFromString(`<body><ol>${html}</ol></body>`, "text/html").body.firstChild;
const fill = (box, html) => box.replaceChildren(...document.adoptNode(parse(html)).childNodes);

function take(answer) {
  session.version = answer.version;
  if (!answer.order) return;
  const open = new Set(all(".fold[open]").map((fold) => fold.closest(".row").id));
  for (const [number, html] of Object.entries(answer.rows)) {
    const row = document.adoptNode(parse(html).firstElementChild);
    const old = find(`#r${number}`);
    const fold = find(".fold", row);
    if (fold && open.has(old.id)) fold.open = true;
    old.replaceWith(row);
  }
  const list = find("#cards");
  const shown = new Map(all(".card", list).map((card) => [card.dataset.e, card]));
  for (const [id, html] of Object.entries(answer.cards)) {
    const card = document.adoptNode(parse(html).firstElementChild);
    shown.get(id)?.replaceWith(card);
    shown.set(id, card);
  }
  const now = answer.order.map((id) => shown.get(id)).filter(Boolean);
  if (now.length !== list.children.length || now.some((card, at) => card !== list.children[at])) {
    list.replaceChildren(...now);
  }
  find("#card-count").textContent = now.length;
  const only = chosenKinds();
  fill(find("#head"), answer.head);
  all("#head .chip").forEach((chip) => press(chip, only.includes(chip.dataset.only)));
  fill(find("#side-top"), answer.top);
  fill(find("#side-rest"), answer.rest);
  if (only.length) filter();
  if (answer.preview !== null) fill(find("#preview"), answer.preview);
  const current = review.current;
  if (current && shown.has(current)) choose(current, { scroll: false });
}

const here = () => ({ source: desk.source, audience: desk.audience, shown_for: desk.audience, by: reviewer(), reason: "" });

function decide(decision, done) {
  return queue(async () => {
    const { selected, ...fields } = decision;
    const wait = setTimeout(() => toast("The gate reads the release…", 60000), 200);
    const answer = await send("decide", { selected, decision: fields }).finally(() => clearTimeout(wait));
    take(answer);
    toast(answer.waits ? "Waits for a second person." : done);
  });
}

// Asks for what a decision owes: a name always, the rest as it says.
function ask({ title, text = "", fields = [], values = {}, owed = [], yes = "Decide" }) {
  const box = find("#ask");
  find("#ask-title").textContent = title;
  find("#ask-text").textContent = text;
  find("#ask-yes").textContent = yes;
  find("#ask-fault").textContent = "";
  const inputs = {
    text: "#ask-words", category: "#ask-category", mark: "#ask-mark", authority: "#ask-authority", reason: "#ask-reason",
    by: "#ask-by", equal: "#ask-equal",
  };
  const wanted = [...fields, "by"];
  for (const [name, selector] of Object.entries(inputs)) {
    find(`[data-field="${name}"]`, box).hidden = !wanted.includes(name);
    const input = find(selector);
    if (input.type === "checkbox") input.checked = Boolean(values[name]); else input.value = values[name] ?? "";
  }
  find("#ask-by").value = reviewer();
  box.showModal();
  const first = wanted.map((name) => find(inputs[name])).find((input) => !input.value && input.type !== "checkbox");
  (first ?? find("#ask-yes")).focus();
  return new Promise((resolve) => {
    const form = find("#ask-form");
    const end = (result) => {
      form.onsubmit = null;
      find("#ask-no").onclick = null;
      box.onclose = null;
      if (box.open) box.close();
      resolve(result);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const missing = [...owed, "by"].find((name) => wanted.includes(name) && !find(inputs[name]).value.trim());
      if (missing) {
        find("#ask-fault").textContent = `Please fill in: ${find(`[data-field="${missing}"] label`, box).textContent.toLowerCase()}.`;
        find(inputs[missing]).focus();
        return;
      }
      store.set("tearline-name", find("#ask-by").value.trim());
      const result = {};
      for (const name of wanted) {
        const input = find(inputs[name]);
        result[name] = input.type === "checkbox" ? input.checked : input.value.trim();
      }
      end(result);
    };
    find("#ask-no").onclick = () => end(null);
    box.onclose = () => end(null);
  });
}

const currentCard = () => (review.current ? find(`.side .card[data-e="${CSS.escape(review.current)}"]`) : null);
const scope = (equal) => (equal ? "equal" : "one");
const isUndecided = (card) => card.classList.contains("is-auto");

function nextUndecided() {
  const list = cards().filter((card) => isUndecided(card) && !card.closest("#side-rest"));
  const order = all("#cards .card");
  const at = order.indexOf(currentCard());
  const next = list.find((card) => order.indexOf(card) > at) ?? list[0];
  if (next) { choose(next.dataset.e, { focus: true }); } else { toast("Every change is decided."); choose(null); }
}

const verdicts = {
  async accept(card, equal) {
    if (!reviewer() && !await ask({ title: "Accept", text: "Decisions carry a name.", yes: "Accept" })) return;
    const id = card.dataset.e;
    // Nothing in the release changes, so the page goes on at once.
    card.classList.replace("is-auto", "is-accepted");
    nextUndecided();
    decide({ ...here(), scope: scope(equal), edit: id, decision: "accept" }, "Accepted.");
  },
  async reject(card, equal) {
    const words = find(".gist del", card).textContent;
    const said = await ask({
      title: "Let these words stand?", text: `“${words}”`, fields: ["reason", "equal"], owed: ["reason"], values: { equal }, yes: "Reject the change",
    });
    if (said) decide({ ...here(), scope: scope(said.equal), edit: card.dataset.e, decision: "reject", reason: said.reason }, "Rejected: the words stand.");
  },
  async reword(card, equal) {
    const words = find(".gist del", card).textContent;
    const said = await ask({
      title: "Other words", text: `In the place of “${words}”`, fields: ["text", "reason", "equal"], owed: ["text"],
      values: { equal, text: find(".gist ins", card)?.textContent ?? "" }, yes: "Reword",
    });
    if (said) decide({ ...here(), scope: scope(said.equal), edit: card.dataset.e, decision: "reword", text: said.text, reason: said.reason }, "Reworded.");
  },
};

async function verdict(kind) {
  const card = currentCard();
  if (!card) { toast("Choose a change first: j goes to the next one."); return; }
  if (card.hasAttribute("data-fixed") && kind !== "accept") { toast("No decision lets this through."); return; }
  const equal = find(".equal", card)?.checked ?? false;
  await verdicts[kind](card, equal);
}

async function portion(kind, button) {
  const id = button.dataset.portion;
  const place = button.dataset.line ? `the portion of line ${button.dataset.line}` : "the portion";
  if (kind === "withhold") {
    const said = await ask({ title: `Withhold ${place}`, fields: ["reason"], owed: ["reason"], yes: "Withhold" });
    if (said) decide({ ...here(), portion: id, decision: "withhold", reason: said.reason }, "Withheld.");
    return;
  }
  const proposed = find(".proposed", button.closest(".portion"));
  const said = await ask({
    title: `Release ${place}`, text: "The words below stand under the mark below; the gate reads them first.",
    fields: ["text", "mark", "authority", "reason"], owed: ["mark", "authority", "reason"],
    values: { text: proposed?.textContent ?? "", mark: proposed?.dataset.mark ?? "" }, yes: "Release",
  });
  if (!said) return;
  const own = said.text && said.text !== proposed?.textContent.trim() ? { text: said.text } : {};
  decide({ ...here(), ...own, portion: id, decision: "release", mark: said.mark, authority: said.authority, reason: said.reason }, "Released.");
}

async function sign() {
  const said = await ask({ title: "Sign the release", text: "The report goes out as the preview shows it.", fields: ["authority", "reason"], owed: ["authority", "reason"], yes: "Sign" });
  if (said) decide({ ...here(), portion: desk.report, decision: "release", authority: said.authority, reason: said.reason }, "Signed.");
}

async function agree(button) {
  const other = JSON.parse(button.dataset.decision);
  const said = await ask({ title: `Agree with ${other.by}`, text: `${other.decision}: ${other.reason}`, fields: ["reason"], owed: ["reason"], values: { reason: other.reason }, yes: "Agree" });
  if (!said) return;
  const { by, at, reason, ...same } = other;
  decide({ ...same, by: said.by, reason: said.reason, shown_for: desk.audience }, "Agreed.");
}

function undo(more = {}) {
  return queue(async () => {
    if (!reviewer()) throw new Error("decisions carry a name, and you have given none");
    const answer = await send("undo", { source: desk.source, audience: desk.audience, by: reviewer(), ...more });
    take(answer);
    if (find(`#cards [data-e="${CSS.escape(answer.undone.id)}"]`)) choose(answer.undone.id);
    toast(`Undone: ${answer.undone.decision}.`);
  });
}

// The selected source text, as bytes of the source.
function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const inside = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest(".src [data-s]");
  const byte = (node, offset) => {
    const run = inside(node);
    if (!run) return null;
    const before = document.createRange();
    before.setStart(run, 0);
    before.setEnd(node, offset);
    return Number(run.dataset.s) + new TextEncoder().encode(before.toString()).length;
  };
  const start = byte(range.startContainer, range.startOffset);
  const end = byte(range.endContainer, range.endOffset);
  const text = selection.toString();
  if (start === null || end === null || end <= start || !text.trim()) return null;
  const lead = new TextEncoder().encode(text.slice(0, text.length - text.trimStart().length)).length;
  const tail = new TextEncoder().encode(text.slice(text.trimEnd().length)).length;
  return { start: start + lead, end: end - tail, text: text.trim(), box: range.getBoundingClientRect() };
}

async function mark() {
  const chosen = selected() ?? session.selection;
  if (!chosen) { toast("Select text of the source first."); return; }
  find("#float").hidden = true;
  const said = await ask({
    title: "Mark as sensitive", text: `“${chosen.text}”`, fields: ["text", "category", "reason", "equal"], yes: "Mark",
  });
  if (!said) return;
  const more = { ...(said.text && { text: said.text }), ...(said.category && { category: said.category }) };
  getSelection().removeAllRanges();
  decide({ ...here(), ...more, scope: scope(said.equal), decision: "mark", start: chosen.start, end: chosen.end, selected: chosen.text, reason: said.reason }, "Marked: it goes.");
}

if (desk) {
  document.addEventListener("chosen", ({ detail }) => {
    const slot = detail.card && find(".slot", detail.card);
    if (slot && !slot.children.length) {
      const controls = find("#verdict").content.cloneNode(true);
      if (detail.card.hasAttribute("data-fixed")) all("[data-act=reject], [data-act=reword]", controls).forEach((button) => button.remove());
      slot.append(controls);
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-act], [data-show]") : null;
    if (!button) return;
    const act = button.dataset.act;
    if (button.dataset.show) choose(button.dataset.show);
    else if (act in verdicts) verdict(act);
    else if (act === "release" || act === "withhold") portion(act, button);
    else if (act === "undo-portion") undo({ portion: button.dataset.portion });
    else if (act === "sign") sign();
    else if (act === "agree") agree(button);
  });
  find("#next").addEventListener("click", nextUndecided);
  find("#undo").addEventListener("click", () => undo());
  find("#mark").addEventListener("mousedown", (event) => event.preventDefault());
  find("#mark").addEventListener("click", mark);
  document.addEventListener("selectionchange", () => {
    const chosen = selected();
    const float = find("#float");
    if (!chosen) { float.hidden = true; return; }
    session.selection = chosen;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`#float { left: ${Math.max(8, Math.round(chosen.box.left))}px; top: ${Math.round(Math.max(8, chosen.box.top - 50))}px; }`);
    document.adoptedStyleSheets = [sheet];
    float.hidden = false;
  });
  find("#audience").addEventListener("change", (event) => {
    const path = desk.source.split("/").map(encodeURIComponent).join("/");
    location.href = `${desk.base}${encodeURIComponent(event.target.value)}/${path}.html`;
  });
  Object.assign(keys, {
    a: () => verdict("accept"), r: () => verdict("reject"), e: () => verdict("reword"),
    n: nextUndecided, u: () => undo(), m: mark,
  });
  // What others decide shows here too.
  setInterval(() => {
    if (document.hidden || find("dialog[open]")) return;
    queue(async () => {
      const before = session.version;
      const answer = await send("changes", { source: desk.source, audience: desk.audience });
      take(answer);
      if (answer.version !== before) toast("Someone else has decided; the page is up to date.");
    });
  }, 3000);
}
