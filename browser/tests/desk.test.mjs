// A case from report to published finding at the desk alone: eight keys, each in a browser profile of its own.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { browser, demoRecord, freePort, page, serve } from "../harness.mjs";
import { Clock, Member, PANEL, addRows, choose, keyOf, set } from "../members.mjs";

const CASE = "clinic-at-the-desk";

test("from report to published finding by eight keys, entirely at the desk", async (t) => {
  const record = await demoRecord(t);
  const clock = new Clock(t, record, await freePort());
  const origin = await clock.wait(1);
  const started = await browser(t);
  const key = (name) => keyOf(record, name);
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
  await read.setInputFiles("#verify-trust", join(record, "trust.txt"));
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
