// The review pages as a reviewer meets them, in headless Chromium.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const program = process.env.TEARLINE;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BANNER = "SECRET//REL TO USA, FVEY";
const report = (...paragraphs) => `${BANNER}\n\n${paragraphs.join("\n\n")}\n\n${BANNER}\n`;
const SOURCED = "(S//REL TO USA, FVEY) The quay at Dravik will close on 3 May. So says a clerk in the port office whom our officer pays.";
const CALL = "(S//REL TO USA, FVEY) The bridge at Osk was rebuilt in April, according to an intercepted call.";
const FOG = "(S//REL TO USA, FVEY) Café owners left the harbour at dusk, in heavy fog.";
const HELD = "(S//NF) Two barges lie in the northern dock at Dravik and wait for coal.";

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
const batches = new Set();
after(async () => {
  await browser.close();
  for (const batch of batches) await batch.remove();
});

/** A batch in a folder of its own, released, with a server over it. */
class Batch {
  constructor(reports, audiences = ["FVEY", "NATO"]) {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), "tearline-"));
    this.audiences = audiences;
    for (const [name, text] of Object.entries(reports)) {
      fs.mkdirSync(path.dirname(this.at("in", name)), { recursive: true });
      fs.writeFileSync(this.at("in", name), text);
    }
    this.release();
    batches.add(this);
  }

  at(...parts) { return path.join(this.root, ...parts); }

  release(...more) {
    const audiences = this.audiences.flatMap((name) => ["--audience", name]);
    const args = ["release", this.at("in"), ...audiences, "--out", this.at("low"), "--review", this.at("high"), "--html", "--quiet", ...more];
    try { execFileSync(program, args, { stdio: "pipe" }); } catch (error) { assert.equal(error.status, 1, String(error.stderr)); }
  }

  low(name, audience = "FVEY") { return fs.readFileSync(this.at("low", audience, name), "utf8"); }

  async serve(...more) {
    this.server = spawn(program, ["review", this.at("high"), ...more], { stdio: ["ignore", "pipe", "pipe"] });
    this.link = await new Promise((resolve, reject) => {
      this.server.stdout.once("data", (data) => resolve(String(data).trim()));
      this.server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
  }

  async stop() {
    if (!this.server) return;
    const ended = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGINT");
    await ended;
    this.server = null;
  }

  async remove() {
    batches.delete(this);
    await this.stop();
    fs.rmSync(this.root, { recursive: true });
  }

  decisions() {
    return execFileSync(program, ["decisions", "export", this.at("high")], { encoding: "utf8" })
      .trim().split("\n").map((line) => JSON.parse(line));
  }
}

/** A page that fails the test on any error or refusal of its policy. */
async function open(url, { name = "R. Ames", scheme = "light" } = {}) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1500, height: 950 } });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.message));
  page.on("console", (line) => { if (line.type() === "error") page.faults.push(line.text()); });
  if (name) await page.addInitScript((text) => { try { localStorage.setItem("tearline-name", text); } catch { /* from disk */ } }, name);
  await page.goto(url);
  return page;
}

async function shut(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

const card = (page, words) => page.locator("#cards .card", { hasText: words });
const release = (page, row) => page.locator(`#rows .row:has-text("${row}") .rel`);
const toast = (page, text) => page.locator("#toast", { hasText: text }).waitFor();

async function ask(page, fields) {
  for (const [name, text] of Object.entries(fields)) await page.fill(`#ask-${name}`, text);
  await page.click("#ask-yes");
}

/** Selects words of the source, as a mouse would. */
async function select(page, words) {
  await page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.querySelector("#rows"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.data.indexOf(wanted);
      if (at >= 0 && node.parentElement.closest(".src")) {
        getSelection().setBaseAndExtent(node, at, node, at + wanted.length);
        return;
      }
    }
    throw new Error("not on the page");
  }, words);
}

async function accessible(page) {
  await page.evaluate(`${axe}; window.axe = axe;`).catch(() => {});
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map((rule) => `${rule.impact} ${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
  assert.deepEqual(told, []);
}

describe("pages on disk", () => {
  let batch;
  before(() => { batch = new Batch({ "a.md": report(SOURCED, CALL, HELD), "sub/b & c.md": report(CALL) }); });
  after(() => batch.remove());

  for (const scheme of ["light", "dark"]) {
    test(`nothing is in the way of anyone (${scheme})`, async () => {
      for (const file of ["index.html", "a.md.html"]) {
        const page = await open(pathToFileURL(batch.at("high/FVEY", file)).href, { scheme });
        await accessible(page);
        if (file === "a.md.html") {
          await page.keyboard.press("j");
          await page.keyboard.press("f");
          await accessible(page);
          await page.keyboard.press("p");
          await accessible(page);
        }
        await shut(page);
      }
    });
  }

  test("the index leads to each report, searches and sorts", async () => {
    const page = await open(pathToFileURL(batch.at("high/FVEY/index.html")).href);
    await page.fill("#search", "b & c");
    assert.equal(await page.locator("#reports tbody tr:visible").count(), 1);
    await page.fill("#search", "");
    await page.click('th button:has-text("Changes")');
    assert.equal(await page.locator("th[aria-sort]").textContent(), "Changes");
    await page.click('a:has-text("b & c.md")');
    await page.locator("h1", { hasText: "b & c.md" }).waitFor();
    await shut(page);
  });

  test("a change is chosen by key and by click, on both sides and in the panel", async () => {
    const page = await open(pathToFileURL(batch.at("high/FVEY/a.md.html")).href);
    await page.keyboard.press("j");
    assert.equal(await page.locator("#rows .is-current").count(), 2);
    assert.match(await page.locator(".card.is-open").textContent(), /Why/);
    await page.click('#rows del:has-text("intercepted")');
    assert.match(await page.locator(".card.is-open").textContent(), /intercepted/);
    await shut(page);
  });

  test("filters show one category, folds open, the preview shows the release", async () => {
    const page = await open(pathToFileURL(batch.at("high/FVEY/a.md.html")).href);
    await page.click("#head .chip.c-sigint");
    assert.equal(await page.locator("#cards .card:visible").count(), 1);
    await page.click("#head .chip.c-sigint");
    assert.ok(await page.locator("#cards .card:visible").count() > 1);
    assert.ok(!await page.locator(".fold .src").isVisible());
    await page.keyboard.press("f");
    assert.match(await page.locator(".fold .src").textContent(), /barges/);
    await page.keyboard.press("p");
    const preview = await page.locator("#preview").textContent();
    assert.match(preview, /The quay at Dravik/);
    assert.doesNotMatch(preview, /clerk|barges/);
    await shut(page);
  });
});

describe("deciding", () => {
  let batch;
  before(async () => {
    batch = new Batch({ "a.md": report(SOURCED, CALL, FOG, HELD), "b.md": report(SOURCED), "c.md": report(CALL) });
    await batch.serve();
  });
  after(() => batch.remove());
  const at = (name, audience = "FVEY") => `${batch.link}${audience}/${name}.html`;

  test("the server's pages are in nobody's way", async () => {
    for (const [url, scheme] of [[batch.link, "light"], [at("a.md"), "light"], [at("a.md"), "dark"]]) {
      const page = await open(url, { scheme });
      await accessible(page);
      if (url !== batch.link) {
        await page.keyboard.press("n");
        await page.keyboard.press("r");
        await accessible(page);
      }
      await shut(page);
    }
  });

  test("a name is asked for once", async () => {
    const page = await open(at("c.md"), { name: "" });
    await page.keyboard.press("n");
    await page.keyboard.press("a");
    await page.click("#ask-yes");
    assert.match(await page.locator("#ask-fault").textContent(), /your name/);
    await ask(page, { by: "V. Oduya" });
    await toast(page, "Accepted");
    assert.match(await card(page, "intercepted").textContent(), /accepted/);
    await page.keyboard.press("u");
    await toast(page, "Undone");
    await shut(page);
  });

  test("accept, reject with a reason, undo, mark, reword: the next release changes there alone", async () => {
    const [a, b, c] = ["a.md", "b.md", "c.md"].map((name) => batch.low(name));
    const page = await open(at("a.md"));
    await page.click('#rows del:has-text("intercepted")');
    await page.keyboard.press("a");
    await toast(page, "Accepted");
    assert.match(await card(page, "intercepted").textContent(), /accepted/);

    await page.click('#rows del:has-text("clerk")');
    await page.keyboard.press("r");
    await page.click("#ask-yes");
    assert.match(await page.locator("#ask-fault").textContent(), /reason/);
    await ask(page, { reason: "in the press since March" });
    await toast(page, "Rejected");
    assert.match(await release(page, "The quay at Dravik").textContent(), /So says a clerk/);
    await page.keyboard.press("p");
    assert.match(await page.locator("#preview").textContent(), /So says a clerk/, "the preview is live");
    await page.keyboard.press("p");

    await page.keyboard.press("u");
    await toast(page, "Undone: reject");
    assert.doesNotMatch(await release(page, "The quay at Dravik").textContent(), /clerk/);

    await page.click('#rows del:has-text("clerk")');
    await page.keyboard.press("e");
    await ask(page, { words: "Ships will berth at Dravik." });
    await toast(page, "Reworded");
    assert.match(await release(page, "The quay at Dravik").textContent(), /will berth/);

    await select(page, ", in heavy fog");
    await page.locator("#float").waitFor();
    await page.keyboard.press("m");
    await ask(page, { reason: "tells where he stood" });
    await toast(page, "Marked");
    assert.doesNotMatch(await release(page, "Café owners").textContent(), /fog/);

    assert.deepEqual([batch.low("a.md"), batch.low("b.md")], [a, b], "nothing is released by deciding");
    batch.release("--decisions", batch.at("high"));
    const now = batch.low("a.md");
    assert.match(now, /Ships will berth at Dravik\./);
    assert.match(now, /harbour at dusk\.\n/);
    assert.deepEqual([batch.low("b.md"), batch.low("c.md")], [b, c]);
    await shut(page);
  });

  test("a portion is released by name, mark and authority, and withheld again", async () => {
    const page = await open(at("a.md"));
    await page.keyboard.press("f");
    await page.click('[data-act="release"]');
    await page.fill("#ask-authority", "");
    await page.fill("#ask-reason", "the barges left");
    await page.click("#ask-yes");
    assert.match(await page.locator("#ask-fault").textContent(), /authority/);
    await ask(page, { authority: "Disclosure office, case 7" });
    await toast(page, "Released");
    assert.match(await release(page, "Two barges").textContent(), /\(S\/\/REL TO USA, FVEY\) Two barges/);
    await page.locator('#rows .row:has-text("Two barges")').hover();
    await page.click('#rows .row:has-text("Two barges") [data-act="undo-portion"]');
    await toast(page, "Undone: release");
    await page.locator('#rows .row:has-text("The bridge")').hover();
    await page.click('#rows .row:has-text("The bridge") [data-act="withhold"]');
    await ask(page, { reason: "not yet" });
    await toast(page, "Withheld");
    assert.equal(await page.locator('#rows .row:has-text("The bridge") .fold').count(), 1);
    await page.keyboard.press("u");
    await toast(page, "Undone: withhold");
    await shut(page);
  });

  test("equal spans of the batch are decided at once", async () => {
    const page = await open(at("b.md"));
    await page.keyboard.press("n");
    await page.check(".card.is-open .equal");
    await page.keyboard.press("r");
    await ask(page, { reason: "all the press has it" });
    await toast(page, "Rejected");
    batch.release("--decisions", batch.at("high"));
    assert.match(batch.low("b.md"), /So says a clerk/);
    await page.keyboard.press("u");
    await toast(page, "Undone");
    await shut(page);
  });

  test("the audience is switched from a list", async () => {
    const page = await open(at("a.md"));
    await page.selectOption("#audience", "NATO");
    await page.waitForURL(at("a.md", "NATO"));
    assert.match(await page.locator(".for").textContent(), /NATO/);
    await shut(page);
  });

  test("two reviewers see each other's decisions", async () => {
    const [first, second] = [await open(at("c.md"), { name: "A" }), await open(at("c.md"), { name: "B" })];
    await first.keyboard.press("n");
    await first.keyboard.press("a");
    await toast(first, "Accepted");
    await toast(second, "Someone else has decided");
    assert.match(await card(second, "intercepted").textContent(), /accepted/);
    await second.keyboard.press("u");
    await toast(second, "Not done: you have decided nothing here");
    const decided = batch.decisions().filter((line) => line.source === "c.md" && line.by === "A");
    assert.equal(decided.length, 1);
    await shut(first);
    second.faults = second.faults.filter((fault) => !fault.includes("422"));
    await shut(second);
  });

  test("a new server finds all decisions", async () => {
    const log = batch.decisions();
    await batch.stop();
    await batch.serve();
    assert.deepEqual(batch.decisions(), log);
    const page = await open(at("a.md"));
    assert.match(await card(page, "intercepted").textContent(), /accepted/);
    assert.match(await release(page, "The quay at Dravik").textContent(), /will berth/);
    await shut(page);
    execFileSync(program, ["decisions", "verify", batch.at("high")], { stdio: "pipe" });
  });
});

test("what is held as a whole is signed by name and authority", async () => {
  const batch = new Batch({ "low.md": report(SOURCED).replaceAll(`${BANNER}\n`, "CONFIDENTIAL//REL TO USA, FVEY\n") }, ["FVEY"]);
  assert.ok(!fs.existsSync(batch.at("low/FVEY/low.md")));
  await batch.serve();
  const page = await open(`${batch.link}FVEY/low.md.html`);
  assert.match(await page.locator("#head").textContent(), /held/);
  await page.click('[data-act="sign"]');
  await ask(page, { authority: "Disclosure office, case 8", reason: "the banner was mistyped" });
  await toast(page, "Signed");
  assert.match(await page.locator("#head").textContent(), /released/);
  batch.release("--decisions", batch.at("high"));
  assert.match(batch.low("low.md"), new RegExp(`^${BANNER}\n`));
  await shut(page);
  await batch.remove();
});

test("with two people asked for, one alone lets nothing through", async () => {
  const batch = new Batch({ "a.md": report(SOURCED) }, ["FVEY"]);
  await batch.serve("--two-person");
  const [first, second] = [await open(`${batch.link}FVEY/a.md.html`, { name: "A" }), await open(`${batch.link}FVEY/a.md.html`, { name: "B" })];
  await first.keyboard.press("n");
  await first.keyboard.press("r");
  await ask(first, { reason: "in the press" });
  await toast(first, "Waits for a second person");
  assert.doesNotMatch(await release(first, "The quay").textContent(), /clerk/);
  await second.click('[data-act="agree"]');
  await ask(second, {});
  await toast(second, "Agreed");
  assert.match(await release(second, "The quay").textContent(), /clerk/);
  batch.release("--decisions", batch.at("high"));
  assert.match(batch.low("a.md"), /clerk/);
  await shut(first);
  await shut(second);
  await batch.remove();
});

test("only the server's own pages get an answer", async () => {
  const batch = new Batch({ "a.md": report(SOURCED) }, ["FVEY"]);
  await batch.serve();
  const link = new URL(batch.link);
  const status = (where, { method = "GET", headers = {}, body } = {}) => new Promise((resolve, reject) => {
    const request = http.request({ host: link.hostname, port: link.port, path: where, method, headers }, (answer) => {
      answer.resume();
      resolve(answer);
    });
    request.on("error", reject);
    request.end(body);
  });
  const page = `${link.pathname}FVEY/a.md.html`;
  const good = await status(page);
  assert.equal(good.statusCode, 200);
  assert.match(good.headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(good.headers["cache-control"], "no-store");
  assert.equal(good.headers["access-control-allow-origin"], undefined);
  assert.equal((await status(page, { headers: { host: "evil.example" } })).statusCode, 421);
  assert.equal((await status("/FVEY/a.md.html")).statusCode, 404);
  assert.equal((await status(page.replace(/\/[0-9a-f]{32}\//, `/${"0".repeat(32)}/`))).statusCode, 404);
  assert.equal((await status(page, { headers: { "sec-fetch-site": "cross-site" } })).statusCode, 403);
  const body = JSON.stringify({ version: 0, source: "a.md", audience: "FVEY" });
  const own = { origin: link.origin, "content-type": "application/json", "x-tearline": "review" };
  const changes = `${link.pathname}changes`;
  assert.equal((await status(changes, { method: "POST", headers: own, body })).statusCode, 200);
  for (const [name, value] of [["origin", "http://evil.example"], ["content-type", "text/plain"], ["x-tearline", undefined], ["origin", undefined]]) {
    const headers = { ...own, [name]: value };
    if (value === undefined) delete headers[name];
    assert.equal((await status(changes, { method: "POST", headers, body })).statusCode, 403, name);
  }
  await batch.remove();
  assert.throws(() => execFileSync(program, ["review", "/nowhere", "--listen", "0.0.0.0:0"], { stdio: "pipe" }), { status: 2 });
});

test("a report with 2,000 changes stays fluid", async () => {
  const paragraphs = Array.from({ length: 2000 }, (_, at) => SOURCED.replace("quay at Dravik", `quay no. ${at} at Dravik`));
  const batch = new Batch({ "long.md": report(...paragraphs), "short.md": report(SOURCED) }, ["FVEY"]);
  await batch.serve();
  const page = await open(`${batch.link}FVEY/long.md.html`);
  assert.ok(await page.locator("#cards .card").count() >= 2000);
  // The page's own time on its thread, so that a busy machine does not count.
  const acts = [..."jjjknannapp", ".chip.c-humint", ".chip.c-humint", "j", "f", "f"];
  for (const act of acts) {
    await browser.startTracing(page, { categories: ["toplevel"] });
    await (act.length > 1 ? page.click(`#head ${act}`) : page.keyboard.press(act));
    await page.waitForTimeout(600);
    const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
    const thread = ({ pid, tid }) => `${pid}/${tid}`;
    const named = traceEvents.filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain");
    const own = new Set(named.map(thread));
    const tasks = traceEvents.filter((event) => own.has(thread(event)) && /RunTask/.test(event.name) && event.tdur);
    assert.ok(tasks.length > 0);
    const worst = Math.round(Math.max(...tasks.map((task) => task.tdur)) / 1000);
    console.log(`${act}: ${worst} ms`);
    assert.ok(worst <= 100, `${act} took ${worst} ms`);
  }
  const began = Date.now();
  await page.keyboard.press("n");
  await page.keyboard.press("r");
  await ask(page, { reason: "in the press" });
  await toast(page, "Rejected");
  console.log(`a rejection with its new release: ${Date.now() - began} ms`);
  await shut(page);
  await batch.remove();
});
