// Members at their desks: each a browser profile of its own with one key in it, and the record's clock.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { page, serve } from "./harness.mjs";

const DAY_MS = 86_400_000;
export const PANEL = ["panel-africa", "panel-americas", "panel-europe", "panel-western-pacific"];

/** The record's clock, moved by serving it again at a later time; the address stays. */
export class Clock {
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
export class Member {
  static async sit(t, started, origin, { file, name, base = "", ...options }) {
    const shown = await page(t, started, origin, options);
    await shown.goto(`${origin}${base}/desk`);
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

  /** The vkey of the key that speaks. */
  vkey() {
    return this.shown.locator("#speaking code").textContent();
  }

  async at(ofCase) {
    await this.shown.reload();
    await this.shown.waitForSelector("#desk:not([hidden])");
    await this.shown.selectOption("#desk-keys", { index: 1 });
    await this.shown.selectOption("#desk-case", ofCase);
    await this.shown.locator("#desk").evaluate((desk) => desk.removeAttribute("data-state"));
    await this.shown.locator("#where button").click();
    await this.done("#desk[data-state=ready]");
  }

  /** Begins what is offered of a type. */
  async begin(ofCase, type, { opens, about, variant } = {}) {
    await this.at(ofCase);
    const more = [["opens", opens], ["about", about], ["variant", variant]].filter(([, value]) => value);
    const which = more.map(([name, value]) => `[data-${name}="${value}"]`).join("");
    const button = this.shown.locator(`#desk button[data-type="${type}"]${which}`).first();
    assert.ok(await button.count(), `${type} is offered among ${await this.offered()}`);
    await button.evaluate((node) => node.closest("details")?.setAttribute("open", ""));
    await button.click();
    await this.shown.waitForSelector("#work[data-step=form]");
  }

  /** What is offered now. */
  offered() {
    return this.shown.locator("#tasks button").evaluateAll((all) => all.map((button) => button.dataset.type));
  }

  /** Chooses a task, fills its form, sees the exact statement, signs, and gets the receipt. */
  async say(ofCase, type, fill = async () => {}, which = {}) {
    await this.begin(ofCase, type, which);
    await fill(this.shown.locator("#work-form"));
    await this.shown.locator("#work-form button[type=submit]").click();
    await this.done("#work[data-step=exact]");
    const exact = JSON.parse(await this.shown.textContent("#exact"));
    assert.equal(exact.type, type);
    await this.shown.locator("#sign").click();
    await this.done("#work[data-step=receipt]");
    assert.match(await this.shown.textContent("#receipt"), /^c2sp\.org\/tlog-proof@v1\n/);
    assert.match(await this.shown.textContent("#receipt-words"), /receipt was checked in this browser/);
    assert.doesNotMatch(await this.shown.textContent("#receipt-words"), /did not take a text/);
    return { exact, statement: await this.shown.locator("#work").getAttribute("data-statement") };
  }

  async done(selector) {
    await this.shown.waitForSelector(`${selector}, #desk[data-state=problem]`);
    const problem = await this.shown.locator("#desk[data-state=problem] > [role=status]").count();
    if (problem) throw new Error(await this.shown.textContent("#desk > [role=status]"));
  }
}

/** A key of the demonstration. */
export const keyOf = (record, name) => ({ file: join(record, "keys-of-the-demo", `${name}.key`) });

export const set = (form, name, value) => form.locator(`[name="${name}"]`).first().fill(value);
export const choose = (form, name, value) => form.locator(`[name="${name}"]`).first().selectOption(value);

export async function addRows(form, list, rows) {
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
