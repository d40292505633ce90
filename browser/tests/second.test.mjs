// verify.mjs under Node: the second implementation of the bundle checks, on the same vectors as the first.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parsePayload } from "../../crates/server/js/verify-form.mjs";
import { openedContent } from "../../crates/server/js/verify-shapes.mjs";
import { CHECKS, verifyBundle } from "../../crates/server/js/verify.mjs";
import { demoRecord } from "../harness.mjs";
import { cosignedEarlier, mistaken, tampered, withoutSecondSignature, witnessed } from "../tamper.mjs";

const vector = (name) => readFileSync(new URL(`../../docs/vectors/${name}`, import.meta.url));

const failed = ({ checks }) => checks.find(({ outcome }) => outcome === "failed");

test("the frozen bundle holds, check by check", async () => {
  const told = [];
  const trust = vector("example.trust").toString();
  const answer = await verifyBundle(vector("example.bundle"), trust, (check) => told.push(check));
  assert.equal(answer.verdict, "verified", JSON.stringify(failed(answer)));
  assert.deepEqual(told, answer.checks);
  assert.deepEqual(told.map(({ name }) => name), CHECKS);
  assert.deepEqual(told.filter(({ outcome }) => outcome !== "held").map(({ name }) => name), ["rules"]);
});

test("without a trust file it agrees with itself and no more", async () => {
  const answer = await verifyBundle(vector("example.bundle"));
  assert.equal(answer.verdict, "self-consistent");
  assert.equal(answer.checks.find(({ name }) => name === "trust").outcome, "not-checked");
});

test("every flipped bit of the frozen bundle is found", async () => {
  const good = vector("example.bundle");
  const trust = vector("example.trust").toString();
  for (let place = 0; place < good.length; place += 997) {
    const bad = Buffer.from(good);
    bad[place] ^= 1 << place % 8;
    assert.equal(failed(await verifyBundle(bad, trust))?.name, "digest", `byte ${place}`);
  }
});

test("every demonstration bundle holds, and each kind of tampering is found by its check", async (t) => {
  const record = await demoRecord(t);
  const trust = readFileSync(join(record, "trust.txt"), "utf8");
  const good = readFileSync(join(record, "bundles/olympic-2018-4.bundle"), "utf8");
  const holds = await verifyBundle(Buffer.from(good), trust);
  assert.equal(holds.verdict, "verified", JSON.stringify(failed(holds)));
  for (const { name, second, bundle, trust: other } of tampered(record, good, trust)) {
    await t.test(name, async () => {
      const answer = await verifyBundle(Buffer.from(bundle), other);
      assert.equal(answer.verdict, second === null ? "verified-in-part" : "failed");
      assert.equal(failed(answer)?.name ?? null, second, failed(answer)?.detail);
    });
  }
});

/** What a reader may not take for the value, at each of its places. */
function* changed(value) {
  for (const [at, others] of mistaken(value)) {
    for (const other of others) {
      const copy = structuredClone({ value });
      const holder = at.slice(0, -1).reduce((inner, key) => inner[key], copy);
      holder[at.at(-1)] = other;
      yield [at.slice(1).join("/"), copy.value];
    }
  }
}

test("no other shape of a payload or an opened content is taken for it", () => {
  const { payloads, contents } = JSON.parse(vector("shapes-v1.json"));
  assert.ok(payloads.length > 65 && contents.length > 15);
  let tried = 0;
  for (const payload of payloads) {
    const read = (value) => parsePayload(Buffer.from(JSON.stringify(value)));
    read(payload);
    for (const [at, other] of changed(payload)) {
      assert.throws(() => read(other), undefined, `${at} of ${JSON.stringify(other)}`);
      tried += 1;
    }
  }
  for (const { type, content } of contents) {
    openedContent(type, content);
    for (const [at, other] of changed(content)) {
      assert.throws(() => openedContent(type, other), undefined, `${at} of a ${type}: ${JSON.stringify(other)}`);
      tried += 1;
    }
  }
  assert.ok(tried > 1000, `${tried} shapes`);
});

test("a second key that the charter names is asked for, and never called checked", async () => {
  const [good, trust] = [vector("two-keys.bundle").toString(), vector("two-keys.trust").toString()];
  const verify = (bundle) => verifyBundle(Buffer.from(bundle), trust);
  const whole = await verify(good);
  assert.equal(whole.verdict, "verified-in-part", JSON.stringify(failed(whole)));
  const { outcome, detail } = whole.checks.find(({ name }) => name === "checkpoint");
  assert.equal(outcome, "not-checked");
  assert.match(detail, /ML-DSA-44/);
  const without = await verify(withoutSecondSignature(good));
  assert.equal(without.verdict, "failed");
  assert.equal(failed(without).name, "checkpoint");
});

test("a clock that ran ahead of its witnesses is found, whatever else they signed", async (t) => {
  const [good, trust] = [vector("two-keys.bundle").toString(), vector("two-keys.trust").toString()];
  const inTime = await verifyBundle(Buffer.from(cosignedEarlier(good, 3600)), trust);
  assert.equal(inTime.verdict, "verified-in-part");
  for (const { name, second, bundle, trust: other } of witnessed(good, trust)) {
    await t.test(name, async () => {
      const answer = await verifyBundle(Buffer.from(bundle), other);
      assert.equal(failed(answer)?.name, second, JSON.stringify(answer.checks));
    });
  }
});
