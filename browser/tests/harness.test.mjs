// The harness itself: that it sees what it is there to see.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { browser, demoRecord, page, serve } from "../harness.mjs";

test("a page of the record is shown, and nobody else is asked", async (t) => {
  const { origin } = await serve(t, await demoRecord(t));
  const shown = await page(t, await browser(t), origin);
  await shown.goto(origin);
  assert.match(await shown.textContent("body"), /demonstration/i);
  assert.ok(shown.seen.requests.length >= 2, "the page and its style sheet were asked for");
});

test("what leaves the origin, breaks the policy or throws is noticed", async (t) => {
  const html = `<!doctype html><html lang="en"><head><title>x</title><link rel="icon" href="data:,"></head>
    <body><img alt="" src="http://127.0.0.1:9/elsewhere.png"><script>var inline = 1;</script></body></html>`;
  const server = createServer((request, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.setHeader("content-security-policy", "default-src 'none'; img-src http: data:");
    answer.end(html);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${server.address().port}`;
  const started = await browser(t);
  // Not through `page`, which would fail the test: here the failure is what is looked for.
  let caught;
  const bare = { after: (run) => (caught = run) };
  const shown = await page(bare, started, origin);
  await shown.goto(origin);
  assert.deepEqual(shown.seen.foreign, ["http://127.0.0.1:9/elsewhere.png"]);
  assert.equal(shown.seen.violations.length, 1);
  await shown.evaluate(() => setTimeout(() => { throw new Error("thrown"); }));
  await shown.waitForTimeout(100);
  assert.ok(shown.seen.errors.some((text) => text.includes("thrown")));
  await assert.rejects(caught, /foreign:\n {2}http:\/\/127\.0\.0\.1:9/);
});
