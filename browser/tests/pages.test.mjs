// Every kind of page in every language: no accessibility violation, the policy, the keyboard, nobody else asked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { browser, demoRecord, page, serve } from "../harness.mjs";

const LANGUAGES = { en: "", fr: "/fr", ar: "/ar" };
/** Pages of one kind (those that differ only in the last part of their path) that are looked at. */
const OF_A_KIND = 2;
/** Rules of WCAG 2.2 AA and those that axe calls best practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

function kindOf(path) {
  const plain = path.replace(/^\/(fr|ar)(?=\/)/, "");
  return plain.split("/").length > 2 ? plain.replace(/[^/]+$/, "*") : plain;
}

/** Addresses of pages that links lead to, at most so many of a kind. */
async function crawl(shown, origin, base) {
  const [seen, kinds, waiting] = [new Set(), new Map(), [`${base}/`]];
  while (waiting.length > 0) {
    const path = waiting.shift();
    if (seen.has(path)) continue;
    const kind = kindOf(path);
    if ((kinds.get(kind) ?? 0) >= OF_A_KIND) continue;
    seen.add(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const answer = await shown.request.get(origin + path);
    assert.equal(answer.status(), 200, path);
    if (!answer.headers()["content-type"].startsWith("text/html")) {
      seen.delete(path);
      continue;
    }
    for (const [, href] of (await answer.text()).matchAll(/href="([^"#]+)/g)) {
      const url = new URL(href.replaceAll("&#38;", "&").replaceAll("&amp;", "&"), origin + path);
      const page = url.origin === origin && !url.search && url.pathname.startsWith(`${base}/`) && !/\.[a-z]+$|^\/(api|tile|assets|fr\/|ar\/|checkpoint|trust)/.test(url.pathname.slice(base.length));
      if (page) waiting.push(url.pathname);
    }
  }
  return [...seen];
}

for (const [tag, base] of Object.entries(LANGUAGES)) {
  test(`pages in ${tag}: axe finds nothing, in light and dark, on a phone and on a desktop`, async (t) => {
    const { origin } = await serve(t, await demoRecord(t));
    const started = await browser(t);
    const shown = await page(t, started, origin);
    const paths = await crawl(shown, origin, base);
    for (const kind of ["/verify", "/desk", "/", "/log"]) assert.ok(paths.includes(base + kind), `${kind} of ${paths}`);
    assert.ok(paths.some((path) => path.includes("/findings/")), "a finding is among them");
    assert.ok(paths.length >= 12, paths.join(" "));
    const found = [];
    for (const [n, path] of paths.entries()) {
      await shown.emulateMedia({ colorScheme: n % 2 ? "dark" : "light" });
      await shown.setViewportSize(n % 4 < 2 ? { width: 1280, height: 900 } : { width: 390, height: 844 });
      await shown.goto(origin + path);
      assert.equal(await shown.getAttribute("html", "lang"), tag);
      assert.equal(await shown.getAttribute("html", "dir"), tag === "ar" ? "rtl" : "ltr");
      const { violations } = await new AxeBuilder({ page: shown }).withTags(TAGS).analyze();
      const said = violations.map(({ id, help, nodes }) => `${path}: ${id}: ${help}\n    ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join("\n    ")}`);
      found.push(...said);
      const wide = await shown.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 1) found.push(`${path} scrolls sideways by ${wide} pixels`);
    }
    assert.deepEqual(found, []);
  });
}

test("no answer lets anything inline run, and only what verifies or signs runs scripts", async (t) => {
  const { origin } = await serve(t, await demoRecord(t));
  const shown = await page(t, await browser(t), origin);
  const paths = await crawl(shown, origin, "");
  for (const path of [...paths, "/assets/verify-worker.mjs", "/service-worker.js", "/style.css", "/nowhere", "/api/v1/rules"]) {
    const answer = await shown.request.get(origin + path);
    const policy = answer.headers()["content-security-policy"];
    assert.match(policy, /^default-src 'none';/, path);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/, path);
    const scripted = /^\/(verify|desk|aid|aid\/status|aid\/desk|findings\/[^/]+|assets\/.*|service-worker\.js)$/.test(path);
    assert.equal(policy.includes("script-src"), scripted, path);
    if (scripted && answer.headers()["content-type"].startsWith("text/html")) {
      const html = await answer.text();
      for (const [tag] of html.matchAll(/<script[^>]*>/g)) assert.match(tag, /src="\/assets\/|type="application\/json"/, path);
      assert.doesNotMatch(html, / on[a-z]+="| style="/, path);
    }
  }
});

test("everything is reached and worked by the keyboard alone", async (t) => {
  const { origin } = await serve(t, await demoRecord(t));
  const shown = await page(t, await browser(t), origin);
  await shown.goto(origin);
  await shown.keyboard.press("Tab");
  assert.equal(await shown.evaluate(() => document.activeElement.getAttribute("href")), "#main", "first comes the way past the navigation");
  await shown.keyboard.press("Enter");
  assert.equal(new URL(shown.url()).hash, "#main");
  const focused = () => shown.evaluate(() => {
    const at = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    return { tag: at.tagName, href: at.getAttribute("href"), text: at.textContent.trim(), seen: outlineStyle !== "none" && outlineWidth !== "0px" };
  });
  const tabTo = async (wanted) => {
    for (let n = 0; n < 400; n += 1) {
      await shown.keyboard.press("Tab");
      const at = await focused();
      if (at.tag !== "BODY") assert.ok(at.seen, `the focus is seen on ${JSON.stringify(at)}`);
      if (wanted(at)) return;
    }
    assert.fail("the keyboard does not reach it");
  };
  await tabTo(({ href }) => href?.includes("/cases/") || href?.includes("/findings/"));
  await shown.keyboard.press("Enter");
  await shown.waitForURL(/cases|findings/);
  if (!shown.url().includes("/findings/")) {
    await tabTo(({ href }) => href?.includes("/findings/"));
    await shown.keyboard.press("Enter");
    await shown.waitForURL(/findings/);
  }
  await shown.waitForSelector("#verifier:not([hidden])");
  await tabTo(({ tag, text }) => tag === "BUTTON" && text === "Verify");
  await shown.keyboard.press("Enter");
  await shown.waitForSelector("#verifier[data-verdict=self-consistent]");
  await shown.waitForSelector("#what-if[data-state=ready]");
  await tabTo(({ tag }) => tag === "INPUT");
  await shown.keyboard.press("Space");
  await shown.waitForFunction(() => JSON.parse(document.getElementById("what-if").dataset.answer ?? "{}").changes?.length === 1);
});
