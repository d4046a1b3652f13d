// Moving about, filtering, the preview and themes: all that a page does without deciding.
"use strict";
const page = document.documentElement;
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const byEdit = (id, root = document) => all(`[data-e="${CSS.escape(id)}"]`, root);

// The theme is kept where the browser allows it.
const themes = ["", "light", "dark"];
const store = {
  get(key) { try { return localStorage.getItem(key) ?? ""; } catch { return ""; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* a page from disk may not keep anything */ } },
};
function theme(name) {
  if (name) page.dataset.theme = name; else delete page.dataset.theme;
  store.set("tearline-theme", name);
}
theme(store.get("tearline-theme"));
const nextTheme = () => theme(themes[(themes.indexOf(page.dataset.theme ?? "") + 1) % themes.length]);
find("#theme")?.addEventListener("click", nextTheme);

const say = (text) => { const out = find("#say"); if (out) out.textContent = text; };

// The change that is looked at.
const review = { current: null };
const cards = () => [...all("#cards .card"), ...all("#side-rest details[open] .card")].filter((card) => !card.hidden);

function choose(id, { scroll = true, focus = false } = {}) {
  all(".is-current").forEach((mark) => mark.classList.remove("is-current"));
  all(".card.is-open").forEach(close);
  review.current = id;
  const card = id && find(`.side .card[data-e="${CSS.escape(id)}"]`);
  if (!card) return;
  const fold = card.closest("details");
  if (fold) fold.open = true;
  card.classList.add("is-open");
  find(".pick", card).setAttribute("aria-expanded", "true");
  find(".more", card).hidden = false;
  const marks = byEdit(id, find("#rows"));
  marks.forEach((mark) => mark.classList.add("is-current"));
  if (marks[0]) {
    const row = marks[0].closest("details");
    if (row) row.open = true;
    if (scroll) marks[0].scrollIntoView({ block: "center" });
  }
  card.scrollIntoView({ block: "nearest" });
  if (focus) find(".pick", card).focus({ preventScroll: true });
  say(`${find(".line1", card).textContent.trim()}: ${find(".gist", card).textContent.trim()}`);
  document.dispatchEvent(new CustomEvent("chosen", { detail: { id, card } }));
}

function close(card) {
  card.classList.remove("is-open");
  find(".pick", card).setAttribute("aria-expanded", "false");
  find(".more", card).hidden = true;
}

function step(by, wanted = () => true) {
  const list = cards();
  const at = list.findIndex((card) => card.dataset.e === review.current);
  const start = at < 0 ? (by > 0 ? -1 : list.length) : at;
  for (let next = start + by; next >= 0 && next < list.length; next += by) {
    if (wanted(list[next])) return choose(list[next].dataset.e, { focus: true });
  }
  say("No further change.");
}

// Filters: none chosen shows all.
const classOf = { flagged: "is-flagged", undecided: "is-auto" };
const chosenKinds = () => all("#head .chip[aria-pressed=true]").map((chip) => chip.dataset.only);
function filter() {
  const chosen = chosenKinds();
  const classes = chosen.map((name) => classOf[name] ?? `c-${name}`);
  for (const card of all(".side .card")) {
    const hide = classes.length > 0 && !classes.some((name) => card.classList.contains(name));
    if (card.hidden !== hide) card.hidden = hide;
  }
  say(chosen.length ? `Showing ${chosen.join(", ")}` : "Showing all changes");
}

function press(button, on = button.getAttribute("aria-pressed") !== "true") {
  button.setAttribute("aria-pressed", String(on));
  return on;
}

const views = {
  preview() {
    const on = press(find("#view"));
    if (on) page.dataset.view = "preview"; else delete page.dataset.view;
    find("#sheet").scrollTop = 0;
  },
  folds() {
    const on = press(find("#folds"));
    all(".fold").forEach((fold) => { fold.open = on; });
  },
};
find("#view")?.addEventListener("click", views.preview);
find("#folds")?.addEventListener("click", views.folds);
find("#help")?.addEventListener("click", () => find("#keys").showModal());

document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const chip = target.closest("#head .chip");
  if (chip) { press(chip); filter(); return; }
  const pick = target.closest(".pick");
  if (pick) {
    const card = pick.closest(".card");
    if (card.classList.contains("is-open")) { choose(null); } else { choose(card.dataset.e); }
    return;
  }
  const mark = target.closest("#rows [data-e]");
  if (mark && getSelection().isCollapsed) choose(mark.dataset.e, { scroll: false });
  const link = target.closest("[data-portion-link]");
  if (link) {
    event.preventDefault();
    const portion = find(`.portion[data-portion="${CSS.escape(link.dataset.portionLink)}"]`);
    const fold = portion?.closest("details");
    if (fold) { fold.open = true; fold.scrollIntoView({ block: "center" }); find("summary", fold).focus(); }
  }
});

const writing = (event) => event.target instanceof Element
  && event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]") !== null;
const keys = {
  j: () => step(1), k: () => step(-1), p: views.preview, f: views.folds, t: nextTheme,
  "?": () => find("#keys")?.showModal(),
  "/": () => find("#search")?.focus(),
  Escape: () => choose(null),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || writing(event)) return;
  const act = keys[event.key];
  if (!act || (event.key !== "t" && event.key !== "/" && !find("#rows"))) return;
  event.preventDefault();
  act();
});
addEventListener("beforeprint", () => all("details").forEach((fold) => { fold.open = true; }));

// The index: search, status, order.
const reports = find("#reports");
if (reports) {
  const body = find("tbody", reports);
  const rows = all("tr", body);
  const narrow = () => {
    const words = find("#search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = all(".tally .chip[aria-pressed=true]").map((chip) => chip.dataset.status);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      row.hidden = !(fits && (!chosen.length || chosen.includes(row.dataset.status)));
      shown += row.hidden ? 0 : 1;
    }
    find("#shown").textContent = shown === 1 ? "1 report" : `${shown} reports`;
  };
  find("#search").addEventListener("input", narrow);
  all(".tally .chip").forEach((chip) => chip.addEventListener("click", () => { press(chip); narrow(); }));
  all("th button", reports).forEach((button) => button.addEventListener("click", () => {
    const head = button.closest("th");
    const up = head.getAttribute("aria-sort") !== "ascending";
    all("th", reports).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.children[button.dataset.sort].dataset.v;
    const order = (a, b) => value(a).localeCompare(value(b), "en", { numeric: true }) * (up ? 1 : -1);
    body.append(...rows.sort(order));
  }));
  find("#audience")?.addEventListener("change", (event) => {
    const select = event.target;
    location.href = `${select.dataset.base}${encodeURIComponent(select.value)}/`;
  });
}
