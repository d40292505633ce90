// The campaign's request, reconstructed from public reporting on 2016 and kept generic: a help desk is told of
// "a couple of messages" that "you might want to be careful" with, and this time somebody comes. A second
// request is left unanswered; who is on call is paged, and everybody can see that it was. Time is set from a file; nothing
// sleeps.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { requester } from "../../crates/server/js/aid-keys.mjs";
import { browser, demoRecord, folder, page, serve, solferino } from "../harness.mjs";

const STORY = `(A labelled reconstruction from public sources.) A couple of messages came to people on our campaign's staff. They
look like the provider's warnings and ask for a new password. Our help desk wrote that you might want to be careful.`;
const BEGIN = Date.parse("2026-03-01T09:00:00Z");
const CODE = "c0de".repeat(16);
/** Words that only stand for the responder's and the officer's age identities here. */
const RESPONDER_WORDS = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const OTHER_WORDS = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above";
const OFFICER_WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow";

const hours = (n) => BEGIN + n * 3_600_000;
const moment = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/u, "Z");

/** Where pages for who is on call are posted; `until` waits for one that a test looks for. */
async function pager(t) {
  const [posted, waiting] = [[], []];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    posted.push(JSON.parse(text));
    response.end();
    for (const look of waiting.splice(0)) look();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  const until = async (wanted) => {
    for (;;) {
      const found = posted.find(wanted);
      if (found) return found;
      await new Promise((look) => waiting.push(look));
    }
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, until };
}

/** A week in which two people share the days and nights; the lead has the list alone. */
const rota = (webhook) => ({
  format: "solferino.org/aid-rota@v1",
  people: { amal: { webhook }, bo: { webhook }, lead: {} },
  shifts: Array.from({ length: 14 }, (_, n) => ({ from: n * 12, to: n * 12 + 12, chain: [["amal", "bo"][n % 2], "lead"] })),
});

/** A served demonstration record with a desk, an officer, and a clock that the test moves. */
async function desk(t) {
  const record = await demoRecord(t);
  const dir = await folder(t);
  const file = (name) => join(dir, name);
  const clock = file("now");
  const at = (ms) => writeFileSync(clock, moment(ms));
  at(BEGIN);
  for (const name of ["officer", "responder"]) solferino("key", "new", name, "--out", file(`${name}.key`));
  const vkey = (name) => JSON.parse(solferino("key", "show", file(`${name}.key`), "--json")).vkey;
  const { identity, recipient } = await requester(OFFICER_WORDS, "officer.example");
  writeFileSync(file("officer.age"), `${identity}\n`);
  const day = 86_400;
  const policy = {
    version: 2, // the demonstration has a desk of its own, whose counts stay
    officers: [{ key: vkey("officer"), recipient, lead: true }],
    code: { version: "code-1", sha256: CODE },
    clocks: { acknowledge_s: 7_200, assist_s: [4 * 3_600, day, 3 * day, 7 * day], escalate_s: [3_600, 5_400] },
    quiet_s: 14 * day, retention_s: 90 * day, consent_s: 7 * day, weekly_hours: 20, rest_hours: 11,
  };
  writeFileSync(file("desk.json"), JSON.stringify({ type: "aid.desk", body: policy }));
  const registrar = join(record, "keys-of-the-demo", "registrar.key");
  solferino("submit", file("desk.json"), "--key", registrar, "--record", record, "--at", moment(BEGIN));
  const pages = await pager(t);
  writeFileSync(file("rota.json"), JSON.stringify(rota(pages.url)));
  solferino("aid", "rota", file("rota.json"), "--record", record);
  const { origin } = await serve(t, record, { args: ["--steered-by", clock] });
  const aid = (...args) => solferino("aid", ...args, "--url", origin);
  const step = (id, to, reason, ...more) => aid("step", id, to, reason, "--key", file("officer.key"), ...more);
  const submit = (type, body, key) => {
    writeFileSync(file("said.json"), JSON.stringify({ type, body }));
    const now = readFileSync(clock, "utf8");
    const signs = key === "registrar" ? registrar : file(`${key}.key`);
    solferino("submit", file("said.json"), "--key", signs, "--url", origin, "--at", now);
  };
  const { identity: secret, recipient: responder } = await requester(RESPONDER_WORDS, "responder.example");
  writeFileSync(file("responder.age"), `${secret}\n`);
  return { record, dir, file, at, origin, aid, step, submit, pages, policy, vkey, recipient: responder };
}

/** Asks from the page, with the whole form if there are `more` fields; gives the words and the number of the request. */
async function askFrom(shown, origin, story, more) {
  await shown.goto(`${origin}/aid`);
  await shown.waitForSelector("#aid-ask:not([hidden])");
  const words = await shown.textContent("#aid-words");
  assert.equal(words.split(" ").length, 12);
  await shown.check("[name=kept]");
  if (!more) await shown.check("#aid-plain");
  await shown.fill("#story", story);
  await more?.();
  await shown.selectOption("#danger", "none");
  await shown.selectOption("#incident", "intrusion-attempt");
  await shown.check("[name=share]");
  await shown.click("#aid-send");
  await shown.waitForSelector("#aid-outcome.done, #aid-outcome.problem");
  const told = await shown.textContent("#aid-outcome");
  const id = await shown.getAttribute("#aid-outcome", "data-request");
  assert.ok(id, told);
  return { words, id };
}

/** The page of whoever has the words, showing the request at a stage. */
async function see(shown, origin, words, id, stage) {
  await shown.goto(`${origin}/aid/status`);
  await shown.waitForSelector("#aid-enter-part:not([hidden])");
  await shown.fill("#words", words);
  await shown.click("#aid-enter button");
  await shown.waitForSelector(`[data-request="${id}"][data-stage="${stage}"]`);
  return shown.textContent(`[data-request="${id}"]`);
}

/** Every field that can rule a helper out, each at what the page allows. */
const whole = (shown) => async () => {
  await shown.fill("#organisation", "مكتب الحملة, Campaign & Co");
  await shown.fill("#exclusions", Array.from({ length: 32 }, (_, n) => `Firm ${n}, Inc.`).join("\n"));
  await shown.fill("#never", "my cousin; he talks");
  await shown.check('[name=language][value="uk"]');
  await shown.check('[name=language][value="ckb"]');
};

/** Enlists and vets the responder; builds a round from what was told, closes it, and offers what it computed. */
function match(d, id) {
  writeFileSync(d.file("profile.json"), JSON.stringify({
    format: "solferino.org/aid-profile@v1", languages: ["uk"], hours: [[0, 168]], utc_offset_minutes: 0, hours_per_week: 20, tlp: "red", excludes: [],
    skills: { incident: { level: "expert", evidence: "" }, logs: { level: "expert", evidence: "" } }, code: "code-1",
    interests: { employers: [], customers: [], governments: [], funders: [], disputes: [] },
  }));
  const enlisted = /enlisted: ([0-9a-f]{64})/u.exec(d.aid("enlist", d.file("profile.json"), "--key", d.file("responder.key"), "--recipient", d.recipient, "--code", CODE))[1];
  d.submit("aid.vet", { responder: enlisted, until: moment(hours(24 * 365)) }, "officer");
  const file = d.file("round.json");
  const key = ["--key", d.file("officer.key")];
  const built = d.aid("round", file, ...key, "--identity", d.file("officer.age"));
  assert.doesNotMatch(built, new RegExp(`left out: .*${id}`, "u"));
  const { asks } = JSON.parse(readFileSync(file, "utf8"));
  const { languages, parties } = asks.find((ask) => ask.id === id);
  assert.deepEqual(languages, ["ckb", "en", "uk"]);
  assert.equal(parties.length, 33);
  const closed = /round ([0-9a-f]{64})/u.exec(d.aid("close", file, ...key))[1];
  d.step(id, "matching", "round-opened", "--round", closed);
  d.aid("match", file, "--round", closed, ...key);
  // What hangs on the outcome can be had again, though the outcome is said once.
  const offers = readFileSync(`${file}.offers`, "utf8");
  writeFileSync(`${file}.offers`, "lost");
  d.aid("match", file, "--round", closed, ...key);
  assert.equal(readFileSync(`${file}.offers`, "utf8"), offers);
  d.step(id, "offered", "matched", "--offers", `${file}.offers`);
  assert.match(d.aid("replay", file, "--round", closed), /the same: 1 offers/u);
  assert.match(d.aid("explain", file, "--round", closed, id, enlisted), /"helps"/u);
  d.aid("row", file, "--round", closed, id, ...key);
}

/** An officer opens it on the desk's page, with the same two files, which stay on the device; others' files open nothing. */
async function openOnTheDeskPage(t, d, started, id) {
  const shown = await page(t, started, d.origin, { allow: [/403/u] });
  await shown.goto(`${d.origin}/aid/desk`);
  await shown.waitForSelector("#aid-officer:not([hidden])");
  await shown.selectOption("#aid-which", id);
  const open = async (key, identity, outcome) => {
    await shown.setInputFiles("#officer-key", d.file(key));
    await shown.setInputFiles("#officer-identity", d.file(identity));
    await shown.click("#aid-open button");
    await shown.waitForSelector(`#aid-outcome.${outcome}`);
    return shown.textContent("#aid-outcome");
  };
  assert.match(await open("responder.key", "officer.age", "problem"), /only the requester, its proxy, the officers/u);
  assert.match(await open("officer.age", "officer.age", "problem"), /not the file of a private key/u);
  await open("officer.key", "officer.age", "done");
  assert.match(await shown.textContent("#aid-opened blockquote"), /you might want to be careful/u);
  // A message is the text it is, also where it could be read as something else.
  assert.equal(await shown.textContent("#aid-opened [data-item]:last-child blockquote"), "4917012345678");
  assert.deepEqual(await shown.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
}

test("asked, read within the clock, matched, helped, confirmed, destroyed on wish", async (t) => {
  const d = await desk(t);
  const started = await browser(t);
  const shown = await page(t, started, d.origin);
  const { words, id } = await askFrom(shown, d.origin, STORY, whole(shown));
  await see(shown, d.origin, words, id, "received");
  await shown.fill(`#message-${id}`, "4917012345678");
  await shown.click(".message button");
  await shown.waitForFunction(() => /Added/u.test(document.getElementById("aid-outcome").textContent));

  // Nothing of it lies bare in the record, and the officer reads it with its own key.
  d.at(hours(0.5));
  d.step(id, "acknowledged", "read-by-person");
  const opened = d.aid("open", id, "--key", d.file("officer.key"), "--identity", d.file("officer.age"), "--triage");
  assert.match(opened, /you might want to be careful/u);
  await openOnTheDeskPage(t, d, started, id);
  d.step(id, "vetting", "checks");
  d.step(id, "accepted", "vouched-for");
  d.step(id, "triaged", "need-coded", "--class", /"class":\s*"(P[1-4])"/u.exec(opened)[1]);
  d.at(hours(1));
  match(d, id);

  let text = await see(shown, d.origin, words, id, "offered");
  assert.match(text, /you might want to be careful/u, "the requester sees what it told");
  assert.match(text, /Your team.*[0-9a-f]{64}/su);
  assert.match(text, /The round chose 1 of 1 helpers.*reading logs: helps/su);
  // What it allows is its own to change, and the record has it.
  for (const [granted, says] of [["false", "You do not allow this."], ["true", "You allow this."]]) {
    await shown.click('[data-consent="share-with-helpers"] button');
    await shown.waitForSelector(`[data-consent="share-with-helpers"][data-allowed="${granted}"]`);
    assert.match(await shown.textContent('[data-consent="share-with-helpers"]'), new RegExp(says, "u"));
    const { data } = await (await fetch(`${d.origin}/api/v1/aid/requests/${id}`)).json();
    assert.equal(String(data.share_with_helpers), granted);
  }
  await shown.click('[data-to="agreed"]');
  await shown.waitForSelector('[data-stage="agreed"]');
  // Whoever asked can pause it, and go on.
  shown.once("dialog", (dialog) => dialog.accept());
  await shown.click('[data-reason="requester-asked"]');
  await shown.waitForSelector('[data-stage="paused"]');
  await shown.click('[data-reason="resumed"]');
  await shown.waitForSelector('[data-stage="agreed"]');
  // What the guard could not read is not signed, and the page says what to write.
  await shown.fill(".scope [name=domains]", "our page at facebook\ngov.uk");
  await shown.check('.scope [value="examine"]');
  await shown.click(".scope > button");
  await shown.waitForSelector("#aid-outcome.problem");
  assert.match(await shown.textContent("#aid-outcome"), /Nothing was signed.*our page at facebook.*Under “gov.uk” anybody/su);
  const { data: unsigned } = await (await fetch(`${d.origin}/api/v1/aid/requests/${id}`)).json();
  assert.equal(unsigned.scope, undefined);
  await shown.fill(".scope [name=domains]", "*.campaign.example");
  await shown.fill(".scope [name=accounts]", "press@mail.example");
  await shown.click(".scope > button");
  await shown.waitForFunction(() => /days/u.test(document.getElementById("aid-outcome").textContent));
  // What the page signed, the team opens with its own files, and the guard judges by it.
  const { data: signed } = await (await fetch(`${d.origin}/api/v1/aid/requests/${id}`)).json();
  assert.equal(await shown.getAttribute("[data-scope]", "data-scope"), signed.scope);
  d.aid("open", id, "--key", d.file("responder.key"), "--identity", d.file("responder.age"), "--out", d.file("team"));
  const scope = join(d.file("team"), `${signed.scope}.item`);
  const plan = (name, domain) => writeFileSync(d.file(name), JSON.stringify({ action: "examine", targets: [{ domain }] }));
  plan("good.json", "mail.campaign.example");
  plan("bad.json", "somebody-else.example");
  const guard = (name) => d.aid("guard", id, scope, d.file(name), "--at", moment(hours(1)));
  assert.match(guard("good.json"), /within the scope/u);
  assert.throws(() => guard("bad.json"), /somebody-else\.example/u);
  d.at(hours(2));
  const responder = ["--key", d.file("responder.key")];
  d.aid("step", id, "in-progress", "scope-signed", ...responder);
  d.at(hours(6));
  d.aid("step", id, "resolved", "work-done", ...responder);

  await see(shown, d.origin, words, id, "resolved");
  await shown.click('[data-to="confirmed-by-requester"]');
  await shown.waitForSelector('[data-stage="confirmed-by-requester"]');
  d.step(id, "closed", "done");
  await shown.goto(`${d.origin}/aid/figures`);
  const counted = (name) => shown.textContent(`#${name} td`);
  assert.deepEqual(await Promise.all(["received", "acknowledged-in-time", "assisted-in-time", "confirmed"].map(counted)), ["3", "2", "2", "2"], "with those of the demonstration itself");

  // It takes its words back: what was told is gone, what remains is shown.
  await see(shown, d.origin, words, id, "closed");
  shown.once("dialog", (dialog) => dialog.accept());
  await shown.click('[data-to="withdrawn"]');
  await shown.waitForSelector('[data-stage="withdrawn"]');
  d.step(id, "purged", "after-withdrawal");
  text = await see(shown, d.origin, words, id, "purged");
  assert.match(text, /What you told is destroyed. This remains/u);
  assert.equal(await shown.locator(`[data-request="${id}"] [data-trace="public-key"]`).count(), 1);
  assert.doesNotMatch(text, /careful/u);
});

test("left unanswered, it is overdue for everybody to see, and nobody learns whose it is", async (t) => {
  const d = await desk(t);
  const shown = await page(t, await browser(t), d.origin);
  const { id } = await askFrom(shown, d.origin, STORY);
  const overdue = async () => {
    await shown.goto(`${d.origin}/aid/figures`);
    return shown.textContent("#unacknowledged-overdue td");
  };
  const of = (posted, level) => posted.alarms.some((alarm) => alarm.request === id && alarm.level === level);
  const first = await d.pages.until((posted) => of(posted, 0));
  assert.doesNotMatch(JSON.stringify(first), /careful|campaign|intrusion/u);
  assert.equal(await overdue(), "1", "the demonstration's own");
  d.at(hours(2) + 60_000);
  assert.equal(await overdue(), "2");
  // Who is on call is told that it ran out; the register shows it once the record has another entry.
  await d.pages.until((posted) => of(posted, 3));
  assert.match(d.aid("due", "--rota", d.file("rota.json")), new RegExp(`${id}.*RAN OUT.*, lead`, "u"));
  const registrar = join(d.record, "keys-of-the-demo", "registrar.key");
  writeFileSync(d.file("warn.json"), JSON.stringify({ type: "warn", body: { sectors: ["health"], advisory_sha256: "1".repeat(64) } }));
  solferino("submit", d.file("warn.json"), "--key", registrar, "--url", d.origin, "--at", moment(hours(2) + 60_000));
  await shown.goto(`${d.origin}/`);
  assert.equal(await shown.textContent("#desk-unacknowledged-overdue td"), "2");
  assert.match(d.aid("list", "--overdue"), new RegExp(`${id}.*OVERDUE`, "u"));
  await shown.goto(`${d.origin}/aid/desk`);
  const row = await shown.textContent(`[id="${id}"]`);
  assert.match(row, /overdue/u);
  assert.match(row, /told up the chain, step 2/u);
  // Nothing of the story on any public page or in any public answer.
  for (const path of ["/aid/desk", "/aid/figures", "/api/v1/aid/requests", `/api/v1/aid/requests/${id}`, `/api/v1/statements/${id}`]) {
    const answer = await (await fetch(`${d.origin}${path}`)).text();
    assert.doesNotMatch(answer, /careful|campaign|intrusion|messages/u, path);
  }
  // And without a signature nobody gets even the sealed file.
  const { data } = await (await fetch(`${d.origin}/api/v1/aid/requests/${id}`)).json();
  const sealed = await fetch(`${d.origin}/api/v1/aid/requests/${id}/sealed/${data.items[0].commitment}`);
  assert.equal(sealed.status, 401);
});

test("the sealed file that the page saves is sent later by the command", async (t) => {
  const d = await desk(t);
  const shown = await page(t, await browser(t), d.origin);
  await shown.goto(`${d.origin}/aid`);
  await shown.waitForSelector("#aid-ask:not([hidden])");
  const words = await shown.textContent("#aid-words");
  await shown.check("[name=kept]");
  await shown.fill("#story", STORY);
  await shown.check("[name=share]");
  const [download] = await Promise.all([shown.waitForEvent("download"), shown.click("#aid-save")]);
  const file = d.file("request.aid.json");
  await download.saveAs(file);
  assert.doesNotMatch(readFileSync(file, "utf8"), /careful/u);
  writeFileSync(d.file("words"), words);
  const id = /request ([0-9a-f]{64})/u.exec(d.aid("send", file, "--words", d.file("words")))[1];
  const text = await see(shown, d.origin, words, id, "received");
  assert.match(text, /you might want to be careful/u);
  assert.match(d.aid("status", "--words", d.file("words")), /you might want to be careful/u);
});

test("the page seals to nobody whom signed statements do not name, and says by whose word it knows them", async (t) => {
  const d = await desk(t);
  const started = await browser(t);
  const shown = await page(t, started, d.origin);
  const panel = (by) => shown.waitForSelector(`#aid-readers[data-by="${by}"]`);
  await shown.goto(`${d.origin}/aid`);
  await panel("own");
  const text = await shown.textContent("#aid-readers");
  const { data } = await (await fetch(`${d.origin}/api/v1/aid`)).json();
  const digest = createHash("sha256").update(data.recipients[0]).digest("hex").slice(0, 16).match(/.{4}/gu).join(" ");
  assert.ok(text.includes(digest), text);
  assert.match(text, /key of the log was given by this server/u);
  await shown.setInputFiles("#aid-trust", join(d.record, "trust.txt"));
  await panel("pinned");
  assert.match(await shown.textContent("#aid-readers"), /holds under your trust file/u);
  await shown.setInputFiles("#aid-trust", fileURLToPath(new URL("../../docs/vectors/example.trust", import.meta.url)));
  await panel("refused");

  // A server that adds a recipient, and one that shows nothing: nothing leaves the device.
  const asked = [];
  shown.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  shown.on("download", () => asked.push("a file"));
  const mine = (await requester(OFFICER_WORDS, "mallory.example")).recipient;
  const lies = [
    (evidence) => {
      const entry = evidence.entries.at(-1);
      const envelope = JSON.parse(entry.envelope);
      const payload = JSON.parse(Buffer.from(envelope.payload, "base64"));
      assert.equal(payload.type, "aid.desk");
      payload.body.officers.push({ ...payload.body.officers[0], recipient: mine });
      envelope.payload = Buffer.from(JSON.stringify(payload)).toString("base64");
      entry.envelope = JSON.stringify(envelope);
    },
    (evidence) => evidence.entries.pop(),
  ];
  for (const lie of lies) {
    await shown.unrouteAll();
    await shown.route("**/api/v1/aid/readers", async (route) => {
      const answer = await (await route.fetch()).json();
      lie(answer.data.evidence);
      await route.fulfill({ json: answer });
    });
    await shown.goto(`${d.origin}/aid`);
    await panel("refused");
    await shown.check("[name=kept]");
    await shown.check("[name=share]");
    await shown.fill("#story", STORY);
    for (const button of ["#aid-send", "#aid-save"]) {
      await shown.click(button);
      await shown.waitForSelector("#aid-outcome.problem");
      assert.match(await shown.textContent("#aid-outcome"), /not sent/u);
    }
  }
  assert.deepEqual(asked, []);
});

test("a flood is told what to do, and lost or wrong words open nothing", async (t) => {
  const d = await desk(t);
  const shown = await page(t, await browser(t), d.origin, { allow: [/429/u] });
  const answers = [];
  for (let n = 0; n < 7; n += 1) {
    answers.push(await fetch(`${d.origin}/api/v1/aid/requests`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }));
  }
  assert.equal(answers[0].status, 400);
  const flooded = answers.at(-1);
  assert.equal(flooded.status, 429);
  assert.ok(Number(flooded.headers.get("retry-after")) >= 1);
  assert.match((await flooded.json()).hint, /offline file/u);
  // What was written stays on the page, with what to do.
  await shown.goto(`${d.origin}/aid`);
  await shown.waitForSelector("#aid-ask:not([hidden])");
  await shown.check("[name=kept]");
  await shown.fill("#story", STORY);
  // Whoever lets nobody see it is asked, and may think again.
  const question = new Promise((asked) => shown.once("dialog", (dialog) => asked(dialog.message()) ?? dialog.dismiss()));
  await shown.click("#aid-send");
  assert.match(await question, /nobody can be offered to you/u);
  assert.equal(await shown.isHidden("#aid-outcome"), true);
  await shown.check("[name=share]");
  await shown.click("#aid-send");
  await shown.waitForSelector("#aid-outcome.problem");
  assert.match(await shown.textContent("#aid-outcome"), /What you wrote is still here/u);
  assert.equal(await shown.inputValue("#story"), STORY);
  for (const [words, told] of [["these are no words", /slip of the pen/u], [OFFICER_WORDS, /no request under these words/u]]) {
    await shown.goto(`${d.origin}/aid/status`);
    await shown.waitForSelector("#aid-enter-part:not([hidden])");
    await shown.fill("#words", words);
    await shown.click("#aid-enter button");
    await shown.waitForSelector("#aid-outcome.problem");
    assert.match(await shown.textContent("#aid-outcome"), told);
  }
});

test("a form that nobody could read is corrected before it is sealed, in the reader's language", async (t) => {
  const d = await desk(t);
  const shown = await page(t, await browser(t), d.origin);
  await shown.goto(`${d.origin}/fr/aid`);
  await shown.waitForSelector("#aid-ask:not([hidden])");
  assert.match(await shown.textContent("main"), /détruit ici 90 jours après la fin.*les copies faites par les agents/isu);
  await shown.check("[name=kept]");
  await shown.fill("#story", STORY);
  await shown.fill("#organisation", "ع".repeat(100));
  await shown.fill("#exclusions", Array.from({ length: 33 }, (_, n) => `Société ${n}`).join("\n"));
  await shown.check("#aid-plain"); // what is at fault is shown, also where it was put away
  await shown.check("[name=share]");
  await shown.click("#aid-send");
  await shown.waitForSelector("#aid-outcome.problem");
  assert.match(await shown.textContent("#aid-outcome"), /Corrigez d’abord.*Qui êtes-vous.*trop long.*Qui ne doit pas vous aider.*33 entrées, et 32 au plus/su);
  assert.deepEqual(await shown.locator("[aria-invalid=true]").evaluateAll((all) => all.map((one) => one.id)), ["organisation", "exclusions"]);
  assert.equal(await shown.isVisible("#organisation"), true);
  const { data } = await (await fetch(`${d.origin}/api/v1/aid/requests`)).json();
  const before = data.total.count;
  await shown.fill("#organisation", "ع".repeat(64));
  await shown.fill("#exclusions", "Société, S.A.");
  await shown.click("#aid-send");
  await shown.waitForSelector("#aid-outcome.done");
  const { data: after } = await (await fetch(`${d.origin}/api/v1/aid/requests`)).json();
  assert.equal(after.total.count, before + 1);
});

/** A desk in which the officer is another, with files of their own. */
async function otherOfficer(d) {
  solferino("key", "new", "officer", "--out", d.file("other.key"));
  const { identity, recipient } = await requester(OTHER_WORDS, "officer.example");
  writeFileSync(d.file("other.age"), `${identity}\n`);
  const officers = [{ key: d.vkey("other"), recipient, lead: true }];
  d.submit("aid.desk", { ...d.policy, version: 3, officers }, "registrar");
  return ["--key", d.file("other.key"), "--identity", d.file("other.age")];
}

test("officers change, and whoever asked seals it again without losing its place", async (t) => {
  const d = await desk(t);
  const shown = await page(t, await browser(t), d.origin);
  const { words, id } = await askFrom(shown, d.origin, STORY);
  const { data: asked } = await (await fetch(`${d.origin}/api/v1/aid/requests/${id}`)).json();
  d.at(hours(0.5));
  const files = await otherOfficer(d);
  assert.throws(() => d.aid("open", id, ...files), /aid reseal/u);
  await see(shown, d.origin, words, id, "received");
  assert.match(await shown.textContent(`[data-stale="${id}"]`), /those of today cannot open it/u);
  await shown.click(`[data-stale="${id}"] button`);
  await shown.waitForFunction(() => /Sealed again/u.test(document.getElementById("aid-outcome").textContent));
  assert.equal(await shown.locator("[data-stale]").count(), 0);
  const opened = d.aid("open", id, ...files, "--triage");
  assert.match(opened, /you might want to be careful/u);
  const step = (to, reason, ...more) => d.aid("step", id, to, reason, "--key", d.file("other.key"), ...more);
  step("acknowledged", "read-by-person");
  step("vetting", "checks");
  step("accepted", "vouched-for");
  step("triaged", "need-coded", "--class", /"class":\s*"(P[1-4])"/u.exec(opened)[1]);
  d.aid("round", d.file("round.json"), ...files);
  const { asks } = JSON.parse(readFileSync(d.file("round.json"), "utf8"));
  const ask = asks.find((one) => one.id === id);
  assert.equal(ask.received_s, Date.parse(asked.received) / 1000, "its place is the one it had");
});

test("what others ask under somebody's name stands apart, closed", async (t) => {
  const d = await desk(t);
  const shown = await page(t, await browser(t), d.origin);
  const { words, id } = await askFrom(shown, d.origin, STORY);
  const { data } = await (await fetch(`${d.origin}/api/v1/aid`)).json();
  const victim = await requester(words, data.origin);
  const form = JSON.parse(readFileSync(new URL("../../docs/vectors/aid-form-v1.json", import.meta.url), "utf8")).base;
  writeFileSync(d.file("form.json"), JSON.stringify({ ...form, story: "MESSAGE OF THE DESK: enter your twelve words at desk.evil.example" }));
  const named = d.aid("request", "--form", d.file("form.json"), "--words-out", d.file("words"), "--proxy", victim.key, "--proxy-recipient", victim.recipient);
  const other = /request ([0-9a-f]{64})/u.exec(named)[1];
  const text = await see(shown, d.origin, words, id, "received");
  assert.match(text, /you might want to be careful/u);
  assert.doesNotMatch(await shown.textContent("#aid-requests"), /evil/u);
  assert.equal(await shown.locator(`[data-request="${other}"]`).count(), 0);
  assert.equal(await shown.locator("#aid-requests > :first-child").getAttribute("data-request"), id);
  assert.equal(await shown.locator("details.foreign").getAttribute("open"), null);
  assert.match(await shown.textContent("details.foreign"), /Nothing here is by the desk/u);
  await shown.click("details.foreign > summary");
  await shown.click(`[data-foreign="${other}"] button`);
  await shown.waitForSelector(`details.foreign [data-request="${other}"]`);
  assert.match(await shown.textContent("details.foreign"), /evil/u);
});

test("readable without a script, in three languages, by everybody, without a protected emblem", async (t) => {
  const d = await desk(t);
  const started = await browser(t);
  const bare = await page(t, started, d.origin, { javaScriptEnabled: false });
  await bare.goto(`${d.origin}/aid`);
  assert.match(await bare.textContent("main"), /solferino aid request .*--offline/u);
  const shown = await page(t, started, d.origin);
  for (const path of ["/aid", "/fr/aid", "/ar/aid", "/aid/status", "/ar/aid/status", "/aid/desk", "/aid/figures", "/ar/aid/figures", "/aid/first", "/fr/aid/first", "/ar/aid/first"]) {
    await shown.goto(`${d.origin}${path}`);
    await shown.waitForLoadState("networkidle");
    const { violations } = await new AxeBuilder({ page: shown }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
    assert.deepEqual(violations.map((v) => `${path} ${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
    const whole = await shown.content();
    assert.doesNotMatch(whole, /[\u271A\u271D\u2719\u262A\u2720\u2795]|\u{1F534}|<img/u, `${path} shows an emblem`);
  }
});
