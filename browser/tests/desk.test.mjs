// A case from report to published finding at the desk alone: eight keys, each in a browser profile of its own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browser, demoRecord, freePort, page, serve, solferino } from "../harness.mjs";

const DAY_MS = 86_400_000;
const PANEL = ["panel-africa", "panel-americas", "panel-europe", "panel-western-pacific"];
const CASE = "clinic-at-the-desk";

/** The record's clock, moved by serving it again at a later time; the address stays. */
class Clock {
  #server = null;
  constructor(t, record, port) {
    Object.assign(this, { t, record, port, now: new Date(JSON.parse(readFileSync(join(record, "demo.json"))).as_of) });
  }
  async wait(days) {
    await this.#server?.stop();
    this.now = new Date(this.now.getTime() + days * DAY_MS);
    const at = this.now.toISOString().replace(/\.\d+Z$/, "Z");
    this.#server = await serve(this.t, this.record, { port: this.port, args: ["--at", at] });
    return this.#server.origin;
  }
}

/** Somebody at a desk: a profile with one key in it. */
class Member {
  static async sit(t, started, origin, { file, name }) {
    const shown = await page(t, started, origin);
    await shown.goto(`${origin}/desk`);
    await shown.waitForSelector("#desk:not([hidden])");
    await shown.locator("#desk details summary").first().click();
    if (file) {
      await shown.setInputFiles("#key-file", file);
      await shown.locator("#import-key button").click();
    } else {
      await shown.fill("#key-name", name);
      await shown.locator("#new-key button").click();
    }
    await shown.waitForSelector("#desk[data-state=ready] #tasks li");
    const member = new Member();
    return Object.assign(member, { shown, origin });
  }

  async at(ofCase) {
    await this.shown.reload();
    await this.shown.waitForSelector("#desk:not([hidden])");
    await this.shown.selectOption("#desk-keys", { index: 1 });
    await this.shown.selectOption("#desk-case", ofCase);
    await this.shown.locator("#desk").evaluate((desk) => desk.removeAttribute("data-state"));
    await this.shown.locator("#where button").click();
    await this.shown.waitForSelector("#desk[data-state=ready]");
  }

  /** What is offered now. */
  offered() {
    return this.shown.locator("#tasks button").evaluateAll((all) => all.map((button) => button.dataset.type));
  }

  /** Chooses a task, fills its form, sees the exact statement, signs, and gets the receipt. */
  async say(ofCase, type, fill = async () => {}, { opens, about } = {}) {
    await this.at(ofCase);
    const opening = (opens ? `[data-opens="${opens}"]` : "") + (about ? `[data-about="${about}"]` : "");
    const button = this.shown.locator(`#tasks button[data-type="${type}"]${opening}`).first();
    assert.ok(await button.count(), `${type} is offered among ${await this.offered()}`);
    await button.click();
    await this.shown.waitForSelector("#work[data-step=form]");
    await fill(this.shown.locator("#work-form"));
    await this.shown.locator("#work-form button[type=submit]").click();
    await this.done("#work[data-step=exact]");
    const exact = JSON.parse(await this.shown.textContent("#exact"));
    assert.equal(exact.type, type);
    await this.shown.locator("#sign").click();
    await this.done("#work[data-step=receipt]");
    assert.match(await this.shown.textContent("#receipt"), /^c2sp\.org\/tlog-proof@v1\n/);
    assert.match(await this.shown.textContent("#receipt-words"), /receipt was checked in this browser/);
    assert.doesNotMatch(await this.shown.textContent("#receipt-words"), /Keep texts/);
    return { exact, statement: await this.shown.locator("#work").getAttribute("data-statement") };
  }

  async done(selector) {
    await this.shown.waitForSelector(`${selector}, #desk[data-state=problem]`);
    const problem = await this.shown.locator("#desk[data-state=problem] > [role=status]").count();
    if (problem) throw new Error(await this.shown.textContent("#desk > [role=status]"));
  }
}

const set = (form, name, value) => form.locator(`[name="${name}"]`).first().fill(value);
const choose = (form, name, value) => form.locator(`[name="${name}"]`).first().selectOption(value);

async function addRows(form, list, rows) {
  for (const row of rows) {
    await form.locator(`[data-add="${list}"]`).click();
    const fieldset = form.locator("fieldset.row").last();
    for (const [name, value] of Object.entries(row)) {
      const control = fieldset.locator(`[name="${name}"]`).first();
      if (typeof value === "function") await value(fieldset);
      else if ((await control.evaluate((node) => node.tagName)) === "SELECT") await control.selectOption(value);
      else await control.fill(value);
    }
  }
}

test("from report to published finding by eight keys, entirely at the desk", async (t) => {
  const record = await demoRecord(t);
  const clock = new Clock(t, record, await freePort());
  const origin = await clock.wait(1);
  const started = await browser(t);
  const key = (name) => ({ file: join(record, "keys-of-the-demo", `${name}.key`) });
  const reporter = await Member.sit(t, started, origin, { name: "somebody" });
  const registrar = await Member.sit(t, started, origin, key("registrar"));
  const investigator = await Member.sit(t, started, origin, key("investigator"));
  const panel = [];
  for (const name of PANEL) panel.push(await Member.sit(t, started, origin, key(name)));
  const day = clock.now.toISOString().slice(0, 10);

  const account = "The clinic's appointments were gone on Monday morning.";
  const { exact: report, statement: about } = await reporter.say("", "report", async (form) => {
    await choose(form, "incident", "disruption");
    await set(form, "sector", "health");
    await set(form, "happened", day);
    await set(form, "account_sha256", account);
  });
  assert.equal(report.body.incident, "disruption");
  await reporter.say("", "consent", (form) => choose(form, "level", "public"), { about });
  await registrar.say("", "case.open", (form) => set(form, "new-case", CASE), { about });

  for (const n of [1, 2, 3]) {
    const { exact } = await investigator.say(CASE, "exhibit", async (form) => {
      const file = { name: `log-${n}.txt`, mimeType: "text/plain", buffer: Buffer.from(`line of log ${n}\n`.repeat(5000)) };
      await form.locator('[name="sha256"]').setInputFiles(file);
      await set(form, "media_type", "text/plain");
      await set(form, "acquired", day);
      await choose(form, "how", "handed-over");
      await set(form, "source", `responder-${n}`);
      await set(form, "upstream", `upstream-${n}`);
      await choose(form, "tlp", "amber");
    });
    assert.equal(exact.body.size, Buffer.byteLength(`line of log ${n}\n`) * 5000);
  }
  const { exact: hypotheses } = await investigator.say(CASE, "hypotheses", async (form) => {
    await addRows(form, "content/actors", [
      { id: "UNIT-ONE", kind: "state", state: "XX", prior_ppm: "0.3" },
      { id: "CRIME", kind: "non-state", prior_ppm: "0.2" },
      { id: "U", kind: "none-of-these", prior_ppm: "0.5" },
    ]);
    await set(form, "content/delta_ppm", "0.01");
    await addRows(form, "content/relations", [{ state: "XX", allied: "ours", adversary: "theirs" }]);
  });
  assert.equal(hypotheses.body.content, undefined, "the content is sealed");
  assert.match(hypotheses.sealed["/body/content"].sha256, /^[0-9a-f]{64}$/);
  await investigator.say(CASE, "assessment", async (form) => {
    const names = ["ONE", "TWO", "THREE"];
    await addRows(form, "content/strands", names.map((id) => ({ id, rho_ppm: "0.3", c_ppm: "0.02" })));
    await addRows(form, "content/items", names.map((strand, n) => ({
      id: `I${n + 1}`, strand, kind: "forensic", reliability: "A", credibility: "1", phi_ppm: "0.02",
      lr: async (row) => {
        const numbers = row.locator('[name="lr"]');
        for (const [k, bans] of ["1.5", "2", "2.5"].entries()) await numbers.nth(k).fill(bans);
      },
      upstream: `upstream-${n + 1}`,
      exhibits: (row) => row.locator('[name="exhibits"]').nth(n).check(),
      recheckable: (row) => row.locator('[name="recheckable"]').check(),
      "source/organisation": `responder-${n + 1}`, "source/state": ["CR", "MU", "CH"][n], "source/bloc": "neutral",
    })));
  });
  await registrar.say(CASE, "review.assign", async (form) => {
    for (const name of PANEL) await form.locator(`[name="reviewers"][value="${name}"]`).check();
  });

  for (const reviewer of panel) {
    await reviewer.say(CASE, "review", async (form) => {
      for (const [n, share] of ["0.9", "0.05", "0.05"].entries()) await form.locator('[name="content/posterior_ppm"]').nth(n).fill(share);
    });
    assert.ok(!(await reviewer.offered()).includes("review"), "once per round");
  }
  await panel[0].at(CASE);
  assert.ok(!(await panel[0].offered()).includes("vote"), "nobody votes before the reviews are open");
  for (const reviewer of panel) await reviewer.say(CASE, "disclose", undefined, { opens: "review" });

  const accused = await Member.sit(t, started, origin, { name: "reply" });
  const replyKey = await accused.shown.locator("#speaking code").textContent();
  const { exact: notice } = await registrar.say(CASE, "notice", (form) => set(form, "reply_key", replyKey));
  assert.equal(notice.body.reply_key, replyKey);
  await accused.at(CASE);
  assert.deepEqual((await accused.offered()).sort(), ["reply", "report"]);
  await accused.say(CASE, "reply", (form) => set(form, "text_sha256", "We did not."));
  await clock.wait(15);

  for (const reviewer of panel) await reviewer.say(CASE, "vote", (form) => choose(form, "content/choice", "publish"));
  await panel[3].say(CASE, "dissent", async (form) => {
    await set(form, "ground", "too-early");
    await set(form, "text_sha256", "More exhibits are on their way.");
  });
  for (const reviewer of panel) await reviewer.say(CASE, "disclose", undefined, { opens: "vote" });
  for (const opens of ["hypotheses", "assessment", "notice"]) await registrar.say(CASE, "disclose", undefined, { opens });
  await clock.wait(15);
  const { statement } = await registrar.say(CASE, "finding");

  const read = await page(t, started, origin);
  await read.goto(`${origin}/findings/${statement}`);
  assert.match(await read.textContent("main"), /XX/);
  await read.getByRole("button", { name: "Verify" }).click();
  await read.waitForSelector("#verifier[data-verdict]");
  assert.equal(await read.locator("#verifier").getAttribute("data-verdict"), "verified");
});

test("a key stays in its browser, and says nothing it may not say", async (t) => {
  const record = await demoRecord(t);
  const { origin } = await serve(t, record);
  const member = await Member.sit(t, await browser(t), origin, { name: "nobody" });
  assert.deepEqual(await member.offered(), ["report"]);
  const found = await member.shown.evaluate(async () => {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open("solferino-desk");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const [{ key }] = await new Promise((resolve) => {
      const request = database.transaction("keys").objectStore("keys").getAll();
      request.onsuccess = () => resolve(request.result);
    });
    const formats = ["raw", "pkcs8", "jwk"];
    const tries = await Promise.all(formats.map((format) => crypto.subtle.exportKey(format, key).then(() => "given", () => "kept")));
    return { extractable: key.extractable, tries };
  });
  assert.deepEqual(found, { extractable: false, tries: ["kept", "kept", "kept"] });
});
