// The desk where things go wrong, and for those who work at it differently: a lost connection, another tab, a spent
// key, a wrong file, a refusal in the reader's language, the keyboard alone, a narrow phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, demoRecord, serve } from "../harness.mjs";
import { Member, choose, keyOf, set } from "../members.mjs";

const LOST = /net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION_FAILED)|Failed to load resource/;

async function desk(t) {
  const record = await demoRecord(t);
  const { origin } = await serve(t, record);
  return { record, origin, started: await browser(t) };
}

const statusOf = ({ shown }) => shown.textContent("#desk > [role=status]");

/** Fills in a report. */
async function reported(form) {
  await choose(form, "incident", "disruption");
  await set(form, "sector", "health");
  await set(form, "happened", "2026-01-02");
  await set(form, "account_sha256", "It began on Monday.");
}

test("what was signed without a connection is kept over a reload, and handed in with its text", async (t) => {
  const { origin, started } = await desk(t);
  const reporter = await Member.sit(t, started, origin, { name: "somebody", allow: [LOST] });
  const { shown } = reporter;
  await reporter.begin("", "report");
  await reported(shown.locator("#work-form"));
  await shown.locator("#work-form button[type=submit]").click();
  await reporter.done("#work[data-step=exact]");
  await shown.context().setOffline(true);
  await shown.locator("#sign").click();
  await shown.waitForSelector("#desk[data-state=problem]");
  assert.match(await statusOf(reporter), /What you signed is kept in this browser/);
  await shown.context().setOffline(false);
  await shown.reload();
  await shown.locator("#unsent button").click();
  await reporter.done("#work[data-step=receipt]");
  assert.match(await shown.textContent("#receipt-words"), /Recorded as statement/);
  assert.ok(await shown.locator("#unsent-all").isHidden(), "nothing is left to hand in");
});

test("an upload that lost its connection begins again by itself", async (t) => {
  const { record, origin, started } = await desk(t);
  const investigator = await Member.sit(t, started, origin, { ...keyOf(record, "investigator"), allow: [LOST] });
  const { shown } = investigator;
  let lost = 0;
  await shown.route("**/api/v1/exhibits/*", (route) => {
    lost += 1;
    return lost <= 2 ? route.abort("connectionfailed") : route.continue();
  });
  const [of] = await shown.locator("#desk-case option").evaluateAll((all) => all.map(({ value }) => value).filter((value) => value));
  const { exact } = await investigator.say(of, "exhibit", async (form) => {
    const file = { name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("line\n".repeat(50_000)) };
    await form.locator('[name="sha256"]').setInputFiles(file);
    await set(form, "media_type", "text/plain");
    await set(form, "acquired", "2018-02-10");
    await set(form, "source", "responder");
  });
  assert.equal(lost, 3);
  assert.equal(exact.body.size, 250_000);
});

test("a refusal says what to do in the reader's language, and a wrong key file is none", async (t) => {
  const { record, origin, started } = await desk(t);
  const registrar = await Member.sit(t, started, origin, { ...keyOf(record, "registrar"), base: "/fr" });
  const { shown } = registrar;
  await shown.setInputFiles("#key-file", { name: "x", mimeType: "text/plain", buffer: Buffer.from("PRIVATE+KEY+a+00000000+not base64") });
  await shown.locator("#import-key button").click();
  await shown.waitForSelector("#desk[data-state=problem]");
  assert.match(await statusOf(registrar), /pas un fichier de clé/);
  assert.equal(await shown.locator("#desk-keys option").count(), 2, "no key was kept");

  await shown.locator("#always-all").evaluate((all) => all.setAttribute("open", ""));
  await shown.locator('#always button[data-type="state.accede"]').click();
  const form = shown.locator("#work-form");
  await set(form, "state", "FR");
  await set(form, "instrument", "NOSUCHTEXT");
  await set(form, "from", "2020-01-01");
  await set(form, "evidence_sha256", "0".repeat(64));
  await form.locator("button[type=submit]").click();
  await registrar.done("#work[data-step=exact]");
  await shown.locator("#sign").click();
  await shown.waitForSelector("#desk[data-state=problem]");
  assert.equal(await shown.textContent("#refusal"), "norm-unknown");
  assert.equal(await shown.textContent("#hint"), "GET /api/v1/norms montre les textes du registre");
});

test("another tab takes up a new key and what was said, and leaves a form alone", async (t) => {
  const { origin, started } = await desk(t);
  const first = await Member.sit(t, started, origin, { name: "somebody" });
  const second = Object.assign(new Member(), { shown: await first.shown.context().newPage(), origin });
  await second.shown.goto(`${origin}/desk`);
  await second.begin("", "report");
  await set(second.shown.locator("#work-form"), "sector", "half-filled");
  await first.say("", "report", reported);
  await second.shown.waitForFunction(() => document.querySelector("#desk > [role=status]").textContent.includes("another tab"));
  assert.equal(await second.shown.inputValue('#work-form [name="sector"]'), "half-filled");
  await second.at("");
  assert.ok((await second.offered()).includes("consent"), "the report of the other tab");
  await second.shown.locator("#desk details summary").first().click();
  await second.shown.fill("#key-name", "another");
  await second.shown.locator("#new-key button").click();
  await first.shown.waitForFunction(() => document.querySelectorAll("#desk-keys option").length === 3);
});

test("a key that speaks for its member no more is told so and offered nothing", async (t) => {
  const { record, origin, started } = await desk(t);
  const lab = await Member.sit(t, started, origin, keyOf(record, "lab-two"));
  await lab.say("", "member.revoke", (form) => choose(form, "reason", "ended"));
  assert.match(await lab.shown.textContent("#speaking"), /Was the key of member lab-two and is revoked/);
  assert.deepEqual(await lab.offered(), []);
});

test("what opens sealed statements is saved to a file and brought back", async (t) => {
  const { record, origin, started } = await desk(t);
  const registrar = await Member.sit(t, started, origin, keyOf(record, "registrar"));
  const closes = new Date(Date.now() + 400 * 86_400_000).toISOString().slice(0, 16);
  await registrar.say("", "calibration.ask", async (form) => {
    await set(form, "question", "rain");
    await set(form, "closes", closes);
    await set(form, "outcomes", "yes, no");
    await set(form, "text_sha256", "Will it rain?");
  });
  const reviewer = await Member.sit(t, started, origin, keyOf(record, "panel-europe"));
  const { exact, statement } = await reviewer.say("", "calibration.answer", async (form) => {
    for (const [n, share] of ["0.7", "0.3"].entries()) await form.locator('[name="content/ppm"]').nth(n).fill(share);
  }, { about: "rain" });
  assert.equal(exact.body.content, undefined);
  await reviewer.shown.locator("#desk details summary").first().click();
  const [download] = await Promise.all([reviewer.shown.waitForEvent("download"), reviewer.shown.locator("#save-openings").click()]);
  const elsewhere = await Member.sit(t, started, origin, keyOf(record, "panel-europe"));
  await elsewhere.shown.setInputFiles("#openings-file", await download.path());
  await elsewhere.shown.locator("#bring-openings button").click();
  await elsewhere.done("#desk[data-state=ready]");
  const kept = await elsewhere.shown.evaluate(async (id) => {
    const { kept } = await import("/assets/desk-keys.mjs");
    return (await kept("openings"))[id].value;
  }, statement);
  assert.deepEqual(kept, { ppm: [700_000, 300_000] });
});

/** Tabs until what has the focus matches. */
async function tabTo(shown, selector) {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await shown.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await shown.keyboard.press("Tab");
  }
  assert.fail(`${selector} is not reached by the Tab key`);
}

test("by the keyboard alone and 320 pixels wide: a key, a report, its receipt", async (t) => {
  const { origin, started } = await desk(t);
  const reporter = await Member.sit(t, started, origin, { name: "first", viewport: { width: 320, height: 640 } });
  const { shown } = reporter;
  const fits = async (where) => {
    const width = await shown.evaluate(() => document.scrollingElement.scrollWidth);
    assert.ok(width <= 320, `${where} is ${width} pixels wide`);
  };
  await shown.reload();
  await shown.waitForSelector("#desk:not([hidden])");
  await tabTo(shown, "#desk summary");
  await shown.keyboard.press("Enter");
  await tabTo(shown, "#key-name");
  await shown.keyboard.type("typed");
  await shown.keyboard.press("Enter");
  await shown.waitForSelector('#desk[data-state=ready] #tasks button[data-type="report"]');
  await tabTo(shown, '#tasks button[data-type="report"]');
  await shown.keyboard.press("Enter");
  await shown.waitForFunction(() => document.activeElement.id === "work-title");
  await tabTo(shown, '[name="sector"]');
  await shown.keyboard.type("health");
  await tabTo(shown, '[name="happened"]');
  await shown.keyboard.type("02012026");
  await tabTo(shown, '[name="account_sha256"]');
  await shown.keyboard.type("It began on Monday.");
  await fits("the form");
  await tabTo(shown, "#work-form button[type=submit]");
  await shown.keyboard.press("Enter");
  await reporter.done("#work[data-step=exact]");
  await fits("the exact statement");
  await shown.waitForFunction(() => document.activeElement.id === "sign");
  await shown.keyboard.press("Enter");
  await reporter.done("#work[data-step=receipt]");
  await shown.waitForFunction(() => document.activeElement.id === "receipt-title");
  await fits("the receipt");
});
