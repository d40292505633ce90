// A case with a blind review, coded facts and two laboratories, from report to published finding, entirely at the desk:
// twelve keys, each in a browser profile of its own. The server keeps nothing with which it could read the analysis.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { browser, demoRecord, freePort, page } from "../harness.mjs";
import { Clock, Member, PANEL, addRows, choose, keyOf, set } from "../members.mjs";

const ACCOUNT = "The appointments were gone.";
const CASE = "masked-at-the-desk";
/** What no reviewer may see before the reviews are open. */
const NAMES = ["UNIT-ONE", "responder-1", "upstream-1", "XX"];

/** Nothing that axe finds wrong in what is shown now. */
async function accessible({ shown }, where) {
  const { violations } = await new AxeBuilder({ page: shown }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id} ${nodes[0].html}`), []);
}

async function exhibits(investigator, day) {
  for (const n of [1, 2, 3]) {
    await investigator.say(CASE, "exhibit", async (form) => {
      const buffer = Buffer.from(`UNIT-ONE came through responder-${n}, as the Swiss say.\n`);
      await form.locator('[name="sha256"]').setInputFiles({ name: `log-${n}.txt`, mimeType: "text/plain", buffer });
      await set(form, "media_type", "text/plain");
      await set(form, "acquired", day);
      await choose(form, "how", "handed-over");
      await set(form, "source", `responder-${n}`);
      await set(form, "upstream", `upstream-${n}`);
      await choose(form, "tlp", "amber");
    });
  }
}

/** A laboratory commits to its answer on the first exhibit. */
async function commit(laboratory, about) {
  const fill = async (form) => {
    if (!about) {
      await set(form, "comparison", "same-build");
      await form.locator('[name="exhibits"]').first().check();
      await form.locator('[data-add="content/answers"]').click();
    }
    const row = form.locator("fieldset.row").last();
    if (!about) await row.locator('[name="exhibit"]').selectOption({ index: 0 });
    await row.locator('[name="answer"]').fill("same-build");
    await row.locator('[name="reading"]').check();
    await row.locator('[name="kind"]').selectOption("malware");
    await row.locator('[name="reliability"]').selectOption("A");
    await row.locator('[name="credibility"]').selectOption("1");
    await row.locator('[name="phi_ppm"]').fill("0.02");
    for (const [k, bans] of ["0.8", "1", "1.2"].entries()) await row.locator('[name="lr"]').nth(k).fill(bans);
    await row.locator('[name="recheckable"]').check();
    await set(form, "content/report_sha256", "Both builds share their compiler.");
    await accessible(laboratory, "lab.commit");
  };
  const { exact } = await laboratory.say(CASE, "lab.commit", fill, { about });
  assert.equal(exact.body.comparison, "same-build");
  assert.equal(exact.body.content, undefined, "the answer is sealed");
}

async function analysis(investigator) {
  const { statement } = await investigator.say(CASE, "hypotheses", async (form) => {
    await addRows(form, "content/actors", [
      { id: "UNIT-ONE", kind: "state", state: "XX", prior_ppm: "0.3" },
      { id: "CRIME", kind: "non-state", prior_ppm: "0.2" },
      { id: "U", kind: "none-of-these", prior_ppm: "0.5" },
    ]);
    await set(form, "content/delta_ppm", "0.01");
    await addRows(form, "content/relations", [{ state: "XX", allied: "ours", adversary: "theirs" }]);
  });
  await investigator.say(CASE, "assessment", async (form) => {
    const names = ["ONE", "TWO", "THREE"];
    await addRows(form, "content/strands", names.map((id) => ({ id, rho_ppm: "0.3", c_ppm: "0.02" })));
    await addRows(form, "content/items", names.map((strand, n) => ({
      id: `I${n + 1}`, strand, kind: "forensic", reliability: "A", credibility: "1", phi_ppm: "0.02",
      lr: async (row) => {
        for (const [k, bans] of ["1.5", "2", "2.5"].entries()) await row.locator('[name="lr"]').nth(k).fill(bans);
      },
      upstream: `upstream-${n + 1}`,
      exhibits: (row) => row.locator('[name="exhibits"]').nth(n).check(),
      recheckable: (row) => row.locator('[name="recheckable"]').check(),
      "source/organisation": `responder-${n + 1}`, "source/state": ["CR", "MU", "CH"][n], "source/bloc": "neutral",
    })));
  });
  return statement;
}

async function facts(coder, day) {
  const { exact } = await coder.say(CASE, "facts", async (form) => {
    await set(form, "content/on", day);
    const coded = (fact) => ({ fact, likelihood_ppm: "0.99", exhibits: (row) => row.locator('[name="exhibits"]').first().check() });
    await addRows(form, "content/facts", ["target-class health", "effect availability", "intent disruption"].map(coded));
    await accessible(coder, "facts");
  });
  assert.equal(exact.body.content, undefined, "the facts are sealed");
}

/** What the server has of the analysis: ciphertext that only its readers open. */
function unreadable(record, statement) {
  assert.ok(!readdirSync(join(record, "openings")).includes(`${statement}.age`), "no opening under the vault's key");
  const folder = join(record, "desk", "copies", statement);
  const copies = readdirSync(folder);
  assert.ok(copies.some((name) => name.startsWith("opening.registrar.")), copies.join(" "));
  assert.ok(!copies.some((name) => name.startsWith("opening.panel-")), copies.join(" "));
  for (const name of copies) {
    const bytes = readFileSync(join(folder, name), "latin1");
    assert.match(bytes, /^age-encryption\.org\/v1\n-> X25519 /);
    assert.ok(!bytes.includes("UNIT-ONE"));
  }
}

async function blindReview(reviewer) {
  await reviewer.say(CASE, "review", async (form) => {
    const text = await reviewer.shown.textContent("#work");
    for (const name of NAMES) assert.ok(!new RegExp(`\\b${name}\\b`).test(text), `${name} is shown to a reviewer`);
    assert.match(text, /A-[a-z2-7]{8}/, "tokens in the place of names");
    assert.ok(await form.locator('[name="content/blind"]').isChecked());
    for (const [n, share] of ["0.9", "0.05", "0.05"].entries()) await form.locator('[name="content/posterior_ppm"]').nth(n).fill(share);
  });
}

test("a blind review, coded facts and two laboratories, from report to finding, entirely at the desk", async (t) => {
  const record = await demoRecord(t);
  const clock = new Clock(t, record, await freePort());
  const origin = await clock.wait(1);
  const started = await browser(t);
  const sit = (name) => Member.sit(t, started, origin, keyOf(record, name));
  const reporter = await Member.sit(t, started, origin, { name: "somebody" });
  const registrar = await sit("registrar");
  const investigator = await sit("investigator");
  const coder = await sit("coder-one");
  const laboratories = [await sit("lab-one"), await sit("lab-two")];
  const panel = [];
  for (const name of PANEL) panel.push(await sit(name));
  const day = clock.now.toISOString().slice(0, 10);

  const { statement: about } = await reporter.say("", "report", async (form) => {
    await choose(form, "incident", "disruption");
    await set(form, "sector", "health");
    await set(form, "happened", day);
    await set(form, "account_sha256", ACCOUNT);
  });
  await reporter.say("", "consent", (form) => choose(form, "level", "public"), { about });
  await registrar.at("");
  await registrar.shown.locator("#contents-all summary").click();
  const account = createHash("sha256").update(ACCOUNT).digest("hex");
  await registrar.shown.locator(`#contents [data-content="${account}"]`).click();
  await registrar.shown.getByText(ACCOUNT).waitFor();
  await registrar.say("", "case.open", (form) => set(form, "new-case", CASE), { about });

  await exhibits(investigator, day);
  await commit(laboratories[0]);
  await laboratories[0].at(CASE);
  assert.ok(!(await laboratories[0].offered()).includes("lab.open"), "one laboratory is none");
  await commit(laboratories[1], "same-build");
  for (const laboratory of laboratories) await laboratory.say(CASE, "lab.open");
  const hypotheses = await analysis(investigator);
  await facts(investigator, day);
  await facts(coder, day);
  unreadable(record, hypotheses);

  await registrar.say(CASE, "mask", (form) => set(form, "content", "responder-1\nlog"));
  assert.equal(await registrar.shown.locator("#look > li").count(), 3, "each cited text was looked through");
  await registrar.say(CASE, "review.assign", async (form) => {
    for (const name of PANEL) await form.locator(`[name="reviewers"][value="${name}"]`).check();
  });
  await panel[0].at(CASE);
  assert.ok(!(await panel[0].shown.textContent("#desk")).includes("UNIT-ONE"));
  await registrar.begin(CASE, "hand-out");
  await accessible(registrar, "hand-out");
  await registrar.shown.locator("#work-form button[type=submit]").click();
  await registrar.done("#desk[data-state=ready]");
  assert.match(await registrar.shown.textContent("#desk > [role=status]"), /Handed out/);
  for (const reviewer of panel) await blindReview(reviewer);
  unreadable(record, hypotheses);
  for (const reviewer of panel) await reviewer.say(CASE, "disclose", undefined, { opens: "review" });

  const accused = await Member.sit(t, started, origin, { name: "reply" });
  const replyKey = await accused.vkey();
  await registrar.say(CASE, "notice", (form) => set(form, "reply_key", replyKey));
  await accused.say(CASE, "reply", (form) => set(form, "text_sha256", "We did not."));
  await clock.wait(15);
  for (const reviewer of panel) await reviewer.say(CASE, "vote", (form) => choose(form, "content/choice", "publish"));
  for (const reviewer of panel) await reviewer.say(CASE, "disclose", undefined, { opens: "vote" });
  for (const opens of ["hypotheses", "assessment", "facts", "facts", "mask", "notice"]) await registrar.say(CASE, "disclose", undefined, { opens });
  await clock.wait(15);
  const { exact, statement } = await registrar.say(CASE, "finding");
  const { proposal } = exact.body;
  assert.deepEqual([proposal.blind.stated, proposal.blind.counted], [4, 4], "four reviews count as blind");
  assert.ok(proposal.norms.judged > 0, "the coded facts were judged");

  const read = await page(t, started, origin);
  await read.goto(`${origin}/findings/${statement}`);
  await read.setInputFiles("#verify-trust", join(record, "trust.txt"));
  await read.getByRole("button", { name: "Verify" }).click();
  await read.waitForSelector("#verifier[data-verdict]");
  assert.equal(await read.locator("#verifier").getAttribute("data-verdict"), "verified");
});
