// `node screenshots.mjs FOLDER`: the register, a finding, the verifier at work and the desk, on a phone and on
// a desktop, light and dark, from a fresh demonstration record.

import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { browser, demoRecord, page, serve } from "./harness.mjs";

/** Largest picture, in bytes: they lie in the repository. */
const MAX_BYTES = 150_000;
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const folder = process.argv[2];

const ends = [];
const run = { after: (end) => ends.push(end) };

/** What is shown, and how a page gets there. */
const VIEWS = {
  register: async (shown, origin) => shown.goto(origin),
  finding: async (shown, origin, finding) => shown.goto(origin + finding),
  verifier: async (shown, origin, finding) => {
    await shown.goto(origin + finding);
    await shown.getByRole("button", { name: "Verify" }).click();
    await shown.waitForSelector("#what-if[data-state=ready]");
    await shown.locator("#what-if input[type=checkbox]").first().check();
    await shown.waitForSelector("#what-if[data-state=ready]");
    await shown.locator("#what-if").scrollIntoViewIfNeeded();
    await shown.evaluate(() => document.getElementById("what-if-title").scrollIntoView());
  },
  desk: async (shown, origin) => {
    await shown.goto(`${origin}/desk`);
    await shown.waitForSelector("#desk:not([hidden])");
    await shown.locator("#desk details summary").first().click();
    await shown.fill("#key-name", "somebody");
    await shown.locator("#new-key button").click();
    await shown.locator("#tasks button").first().click();
    await shown.evaluate(() => document.getElementById("desk-tasks").scrollIntoView());
  },
};

try {
  mkdirSync(folder, { recursive: true });
  const { origin } = await serve(run, await demoRecord(run));
  const started = await browser(run);
  const first = await page(run, started, origin);
  await first.goto(origin);
  const html = await (await first.request.get(`${origin}/cases/olympic-2018`)).text();
  const finding = /href="(\/findings\/[0-9a-f]{64})"/.exec(html)[1];
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [view, go] of Object.entries(VIEWS)) {
        const shown = await page(run, started, origin, { viewport, colorScheme, reducedMotion: "reduce" });
        await go(shown, origin, finding);
        const file = join(folder, `${view}-${size}-${colorScheme}.png`);
        await shown.screenshot({ path: file });
        const { size: bytes } = statSync(file);
        if (bytes > MAX_BYTES) throw new Error(`${file} has ${bytes} bytes, more than ${MAX_BYTES}`);
        console.log(`    ${file} (${bytes} bytes)`);
      }
    }
  }
} finally {
  for (const end of ends.reverse()) await end();
}
