// Verifying in the browser: a good bundle, tampered ones, no network, and what-if against the command.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browser, demoRecord, folder, page, serve, solferino } from "../harness.mjs";
import { tampered, witnessed } from "../tamper.mjs";

/** Checks that no implementation but one makes. */
const NOT_BY = { module: ["seals"], second: ["rules"] };

async function verify(shown, bundle, trust) {
  const files = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await shown.setInputFiles("#verify-bundle", files("x.bundle", bundle));
  await shown.setInputFiles("#verify-trust", trust === null ? [] : files("trust.txt", trust));
  return verdict(shown);
}

/** Starts, and waits for the verdict. */
async function verdict(shown) {
  await shown.getByRole("button", { name: "Verify" }).click();
  await shown.waitForSelector("#verifier[data-verdict]");
  return shown.locator("#verifier").evaluate((panel) => ({
    verdict: panel.dataset.verdict,
    checks: Object.fromEntries([...panel.querySelectorAll("tr[data-check]")].map((row) => [
      row.dataset.check,
      Object.fromEntries([...row.querySelectorAll("td")].map((cell) => [cell.dataset.by, cell.dataset.outcome])),
    ])),
    status: panel.querySelector("[role=status]").textContent,
  }));
}

function failing(checks, by) {
  return Object.keys(checks).filter((name) => checks[name][by] === "failed");
}

test("bundles are verified by both programs, and each kind of tampering by the check that is there for it", async (t) => {
  const record = await demoRecord(t);
  const { origin } = await serve(t, record);
  const shown = await page(t, await browser(t), origin);
  const trust = readFileSync(join(record, "trust.txt"), "utf8");
  const good = readFileSync(join(record, "bundles/olympic-2018-4.bundle"), "utf8");
  const answer = await shown.goto(`${origin}/verify`);
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);

  await t.test("a good one holds, check by check", async () => {
    const { verdict: found, checks } = await verify(shown, good, trust);
    assert.equal(found, "verified");
    // What was verified stands beside the verdict.
    const said = await shown.textContent(".subject");
    for (const word of ["olympic-2018", /^finding (\S+)$/m.exec(good)[1], "A demonstration"]) assert.ok(said.includes(word), said);
    for (const [name, by] of Object.entries(checks)) {
      for (const program of ["module", "second"]) {
        const wanted = program === "module" && name === "seals" ? undefined : NOT_BY[program].includes(name) ? "not-checked" : "held";
        assert.equal(by[program], wanted, `${name} by ${program}`);
      }
    }
  });
  await t.test("without a trust file it agrees with itself only", async () => {
    const { verdict: found, status } = await verify(shown, good, null);
    assert.equal(found, "self-consistent");
    assert.match(status, /anyone could have made the keys/);
  });
  const vector = (name) => readFileSync(new URL(`../../docs/vectors/${name}`, import.meta.url), "utf8");
  const kinds = [...tampered(record, good, trust), ...witnessed(vector("two-keys.bundle"), vector("two-keys.trust"))];
  assert.ok(kinds.length >= 20);
  for (const { name, module, second, bundle, trust: other } of kinds) {
    await t.test(name, async () => {
      const { verdict: found, checks, status } = await verify(shown, bundle, other);
      assert.equal(found, "failed");
      assert.deepEqual(failing(checks, "module"), [module]);
      assert.deepEqual(failing(checks, "second"), second === null ? [] : [second]);
      assert.ok(status.includes(module), status);
    });
  }
  await t.test("what is no bundle at all", async () => {
    const { verdict: found, checks } = await verify(shown, "hello", trust);
    assert.equal(found, "failed");
    assert.deepEqual(failing(checks, "module"), ["digest"]);
  });
});

test("a finding's page verifies it, and goes on without a network", async (t) => {
  const record = await demoRecord(t);
  const { origin, stop } = await serve(t, record);
  const shown = await page(t, await browser(t), origin, { allow: [/ERR_CONNECTION_REFUSED/] });
  await shown.goto(origin);
  await shown.locator('a[href*="/findings/"], a[href*="/cases/"]').first().click();
  if (!shown.url().includes("/findings/")) await shown.locator('a[href*="/findings/"]').first().click();
  await shown.waitForSelector("#verifier:not([hidden])");
  const own = await verdict(shown);
  // This server's own trust file says nothing of whose log it is; one that the reader brings does.
  assert.equal(own.verdict, "self-consistent");
  assert.match(own.status, /only a trust file from somebody else can say/);
  assert.equal(own.checks.subject.module, "held");
  assert.equal(own.checks.subject.second, "held");
  const finding = shown.url().split("/").at(-1);
  const said = await shown.textContent(".subject");
  assert.ok(said.includes(finding) && said.includes("A demonstration"), said);
  const trust = readFileSync(join(record, "trust.txt"), "utf8");
  const file = { name: "trust.txt", mimeType: "text/plain", buffer: Buffer.from(trust) };
  await shown.setInputFiles("#verify-trust", file);
  assert.equal((await verdict(shown)).verdict, "verified");
  await shown.waitForSelector("#verifier[data-offline=ready]");
  const before = shown.seen.requests.length;
  await stop();
  await shown.reload();
  await shown.setInputFiles("#verify-trust", file);
  assert.equal((await verdict(shown)).verdict, "verified");
  assert.ok(shown.seen.requests.length > before);
});

test("a finding's page does not take another finding's bundle for its own", async (t) => {
  const record = await demoRecord(t);
  const { origin } = await serve(t, record);
  const started = await browser(t);
  const first = await page(t, started, origin);
  await first.goto(`${origin}/cases/solarwinds-2020`);
  const ids = await first.locator('a[href*="/findings/"]').evaluateAll((links) => links.map((link) => link.pathname.split("/").at(-1)));
  const [older, newer] = [...new Set(ids)];
  assert.ok(newer, "the case has an older finding");
  const others = [[newer, older, "another finding of the same case"]];
  const sony = readFileSync(join(record, "bundles/sony-2014-3.bundle"), "utf8");
  for (const [wanted, given, name] of [...others, [newer, null, "a finding of another case"]]) {
    // A profile of its own each time: a page kept for use without a network asks no more.
    const shown = await page(t, started, origin);
    const bundle = given ? await (await fetch(`${origin}/findings/${given}.bundle`)).text() : sony;
    await shown.route(`**/findings/${wanted}.bundle`, (route) => route.fulfill({ body: bundle, contentType: "text/plain" }));
    await shown.goto(`${origin}/findings/${wanted}`);
    const { verdict: found, checks, status } = await verdict(shown);
    assert.equal(found, "failed", name);
    for (const by of ["module", "second"]) assert.deepEqual(failing(checks, by), ["subject"], name);
    assert.match(status, /subject/);
  }
});

test("the stand-alone page works without a network once it was loaded", async (t) => {
  const record = await demoRecord(t);
  const { origin, stop } = await serve(t, record);
  const shown = await page(t, await browser(t), origin, { allow: [/ERR_CONNECTION_REFUSED/] });
  await shown.goto(`${origin}/verify`);
  await shown.waitForSelector("#verifier[data-offline=ready]");
  await stop();
  await shown.reload();
  const good = readFileSync(join(record, "bundles/sony-2014-3.bundle"), "utf8");
  const trust = readFileSync(join(record, "trust.txt"), "utf8");
  assert.equal((await verify(shown, good, trust)).verdict, "verified");
});

test("without the module the page says so, and nothing breaks", async (t) => {
  const record = await demoRecord(t);
  const { origin } = await serve(t, record, { args: ["--modules", await folder(t)] });
  const shown = await page(t, await browser(t), origin);
  await shown.goto(`${origin}/verify`);
  assert.match(await shown.textContent("main"), /built without the program/);
  assert.equal(await shown.locator("script").count(), 0);
});

test("what-if says exactly what the command says", async (t) => {
  const record = await demoRecord(t);
  const { origin } = await serve(t, record);
  const shown = await page(t, await browser(t), origin);
  const file = join(record, "bundles/olympic-2018-4.bundle");
  await shown.goto(`${origin}/verify`);
  await verify(shown, readFileSync(file, "utf8"), readFileSync(join(record, "trust.txt"), "utf8"));
  const ready = () => shown.waitForSelector("#what-if[data-state=ready]");
  const said = () => shown.locator("#what-if").evaluate((part) => [JSON.parse(part.dataset.answer), part.querySelector("#what-if-command").textContent]);
  const same = async (wanted) => {
    await ready();
    const [answer, command] = await said();
    assert.equal(command, ["solferino replay FILE", ...wanted].join(" "));
    const args = wanted.flatMap((part) => part.split(" "));
    const { demonstration, notice, ...by } = JSON.parse(solferino("replay", file, "--trust", join(record, "trust.txt"), ...args, "--json"));
    assert.equal(demonstration, true);
    assert.ok(notice);
    assert.deepEqual(answer, by);
    return answer;
  };
  const published = await same([]);
  assert.equal(published.same_bits, true);
  const band = () => shown.locator("#what-if-result .is").first().evaluate((bar) => [bar.getAttribute("x"), bar.getAttribute("width")].join());
  const bandBefore = await band();

  await shown.locator("#what-if input[name='strand.RICH']").check();
  await same(["--without strand.RICH"]);
  assert.notEqual(await band(), bandBefore, "the band moves");
  await shown.locator("#what-if details", { hasText: "O8" }).first().locator("summary").click();
  await shown.locator("#what-if input[name='item.O8.phi']").fill("0.9");
  await shown.locator("#what-if input[name='delta']").fill("0.2");
  await same(["--without strand.RICH", "--set delta=0.2", "--set item.O8.phi=0.9"]);
  await shown.locator("#what-if input[name='item.O2.lr.LAZARUS']").evaluate((slider) => {
    slider.value = "-1.5";
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await same(["--without strand.RICH", "--set delta=0.2", "--set item.O2.lr.LAZARUS=-1.5", "--set item.O8.phi=0.9"]);
  await shown.getByRole("button", { name: "As published" }).click();
  await ready();
  await shown.waitForFunction(() => JSON.parse(document.getElementById("what-if").dataset.answer).changes.length === 0);
  await same([]);
});
