// What the pages of aid check before anything is sealed or signed, against the vectors that the desk's own tools are held to
// (crates/aid/tests/page.rs). Runs without a browser and without a record.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { faults, formOf, isProxy } from "../../crates/server/js/aid-form.mjs";
import { entryOf, scopeOf } from "../../crates/server/js/aid-scope.mjs";
import { RULES } from "../../crates/server/js/aid-suffixes.mjs";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../../docs/vectors/${name}`, import.meta.url), "utf8"));

/** A vector's shorthand: a text repeated, a list of numbered texts. */
function value(short) {
  if (Array.isArray(short)) return short.map(value);
  if (typeof short?.text === "string") return short.text.repeat(short.times);
  if (typeof short?.each === "string") return Array.from({ length: short.count }, (_, n) => short.each.replaceAll("{n}", String(n + 1)));
  return short;
}

function set(form, path, short) {
  const [last, ...before] = path.split(".").reverse();
  const place = before.reverse().reduce((at, key) => at[key], form);
  assert.ok(last in place, path);
  place[last] = value(short);
}

test("a form that an officer's reader would refuse is named on the page, by the field at fault", () => {
  const { base, forms } = vectors("aid-form-v1.json");
  for (const { name, set: changes, field } of forms) {
    const form = structuredClone(base);
    for (const [path, short] of Object.entries(changes)) set(form, path, short);
    const found = [...new Set(faults(form).map((fault) => fault.field ?? ""))];
    assert.deepEqual(found, field === null ? [] : [field], name);
  }
});

/** Fields of a page, as browsers hand them in. */
const fieldsOf = (told) => {
  const fields = new FormData();
  for (const [name, text] of told) fields.append(name, text);
  return fields;
};

test("what is written into the page becomes a form that is read", () => {
  const lines = (word, count) => Array.from({ length: count }, (_, n) => `${word} ${n}`).join("\r\n");
  const whole = [["story", "a\r\n".repeat(6_000)], ["organisation", " Smith, Jones & Co "], ["exclusions", `${lines("firm, inc", 32)}\r\n\r\nfirm, inc 0`],
    ["never", lines("cousin; uncle", 32)], ["language", "uk"], ["language", "fr"], ["people", "4000000000"], ["share", "yes"], ["asset", "server"], ["asset", "account"]];
  const form = formOf(fieldsOf(whole), "fr");
  assert.deepEqual(faults(form), []);
  // A line's end is one sign, as the page counts it; a comma ends no name; the page's language is always one.
  assert.equal(form.story.length, 11_999);
  assert.deepEqual([form.exclusions.length, form.exclusions[0], form.contact.never[0]], [32, "firm, inc 0", "cousin; uncle 0"]);
  assert.deepEqual([form.languages, form.background.organisation, form.assets], [["fr", "uk"], "Smith, Jones & Co", ["account", "server"]]);
  const bad = [["organisation", "ب".repeat(100)], ["exclusions", lines("firm", 33)]];
  assert.deepEqual(faults(formOf(fieldsOf(bad), "ar")).map(({ field, fault }) => `${field} ${fault}`), ["organisation name", "exclusions many"]);
});

test("somebody who may speak is named whole or not at all", () => {
  const { key, recipient } = vectors("aid-v1.json");
  assert.ok(isProxy("") && isProxy(`${key} ${recipient}`) && isProxy(`${key}\n${recipient}`));
  for (const half of [key, recipient, `${key} ${recipient} more`, `${key} age1`, `member${key.slice(9)} ${recipient}`]) assert.ok(!isProxy(half), half);
});

test("a line is signed in the guard's spelling, or the page asks to write it otherwise", () => {
  const { lines } = vectors("aid-scope-v1.json");
  for (const { kind, line, signed } of lines) {
    const { entry, fault } = entryOf(kind, line, RULES);
    assert.deepEqual(entry ?? null, signed, `${kind} ${line}`);
    assert.equal(entry === undefined, fault !== undefined);
  }
});

test("a scope with one line that the guard cannot read is no scope", () => {
  const told = (domains) => fieldsOf([["domains", domains], ["networks", "192.0.2.7\r\n192.0.2.7"], ["action", "examine"]]);
  const { scope, faults: none } = scopeOf(told("*.campaign.example\r\nCampaign.example"), 1, 2, RULES);
  assert.deepEqual(none, []);
  assert.deepEqual(scope, {
    domains: [{ name: "campaign.example", below: true }, { name: "campaign.example", below: false }],
    networks: ["192.0.2.7/32"], accounts: [], hosts: [], actions: ["examine"], from_s: 1, until_s: 2,
  });
  const { faults: one } = scopeOf(told("campaign.example\r\nour page at facebook"), 1, 2, RULES);
  assert.deepEqual(one, [{ field: "domains", fault: "domain", line: "our page at facebook" }]);
  assert.deepEqual(scopeOf(fieldsOf([["hosts", "desk 3"]]), 1, 2, RULES).faults, [{ field: "action", fault: "no-action" }]);
  const many = Array.from({ length: 1_001 }, (_, n) => `host ${n}`).join("\n");
  assert.deepEqual(scopeOf(fieldsOf([["hosts", many], ["action", "advise"]]), 1, 2, RULES).faults, [{ field: "hosts", fault: "many", most: 1_000 }]);
});
