// What was told, as requester and officer read it: no message is taken for fields, and why this helper and not that one is said in
// the reader's own language. Runs without a browser and without a record.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** The words of a catalogue, as the server puts them into the page: families without `aid-`. */
function words(language) {
  const found = {};
  for (const file of ["aid", "coded"]) {
    let section = "";
    for (const line of readFileSync(new URL(`../../crates/server/text/${language}/${file}.toml`, import.meta.url), "utf8").split("\n")) {
      section = /^\[(?:aid-)?(.+)\]$/u.exec(line)?.[1] ?? section;
      const [, key, text] = /^"?([a-z0-9.+-]+)"? = "(.*)"$/u.exec(line) ?? [];
      if (key) found[section === "js" ? key : `${section}.${key}`] = text;
    }
  }
  return found;
}

/** The module with the words of a language. */
async function told(language) {
  globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(words(language)) }) };
  const { say } = await import(`../../crates/server/js/texts.mjs?${language}`);
  assert.notEqual(say("row"), "row");
  // Each language has texts of its own, so the module is read afresh.
  const source = readFileSync(new URL("../../crates/server/js/aid-told.mjs", import.meta.url), "utf8");
  const texts = new URL(`../../crates/server/js/texts.mjs?${language}`, import.meta.url).href;
  return import(`data:text/javascript,${encodeURIComponent(source.replace("./texts.mjs", texts))}`);
}

const ROW = {
  format: "solferino.org/aid-row@v1", round: "r".repeat(64), ask: "a".repeat(64), why_none: null, helpers: 9, not_named: 2,
  team: [{ skill: "mail", level: "practised", helper: "1".repeat(64), units: 1 }, { skill: "mail", level: "practised", helper: "1".repeat(64), units: 2 }],
  named: [
    { helper: "1".repeat(64), slots: [{ skill: "mail", level: "practised", why: { answer: "helps", units: 1, before: true } }, { skill: "care", level: "basic", why: { answer: "helps", units: 1, before: false } }] },
    { helper: "2".repeat(64), slots: [{ skill: "mail", level: "practised", why: { answer: "could-not", barriers: ["no-skill", "conflict"] } }, { skill: "law", level: "basic", why: { answer: "would-be-worse", what: "lot" } }] },
    { helper: "3".repeat(64), slots: [{ skill: "logs", level: "expert", why: { answer: "no-team", why: "taken", holders: ["b"], holder_count: 1 } }] },
  ],
  barriers: { "no-skill": 3, "on-panel": 1 },
};

test("why this one and not that one is said in sentences, in three languages", async () => {
  const parts = { en: [/does not have the skill/u, /the lot fell on others/u], fr: [/n’a pas cette compétence/u, /le sort a désigné/u], ar: [/لا يملك المهارة/u, /ووقعت القرعة/u] };
  for (const [language, wanted] of Object.entries(parts)) {
    const { asText } = await told(language);
    const text = asText(JSON.stringify(ROW));
    assert.doesNotMatch(text, /[{}_"]|no-skill|on-panel|would-be|undefined|\b(?:barrier|skill|worse|helps|unserved)\./u, `${language}: ${text}`);
    for (const part of wanted) assert.match(text, part, language);
    if (language === "ar") assert.doesNotMatch(text.replaceAll(/[123]{64}/gu, ""), /[A-Za-z]/u);
    // One helper of two parts is one person.
    assert.match(text, /1.*9/u);
  }
});

test("what looks like a row and is none is shown as it is", async () => {
  const { asText } = await told("en");
  for (const text of ['{"format":"solferino.org/aid-row@v1"}', '{"actions":[1],"domains":[null]}', "null", "true", '"x"', "112", "[1]"]) assert.equal(asText(text), text);
});

test("an officer reads every message as the text it is", async () => {
  const { formIn } = await told("en");
  for (const text of ["112", "4917012345678", "true", '"call me"', "null", '{"story":"not the form"}', "[]", "a message"]) {
    assert.equal(formIn("message", text), null, text);
  }
  for (const text of ["112", "null", "true", '"call me"', '{"story":1}', "no JSON"]) assert.equal(formIn("request", text), null, text);
  assert.deepEqual(formIn("request", '{"story":"They wrote.","people":3}'), { story: "They wrote.", rest: { people: 3 } });
});
