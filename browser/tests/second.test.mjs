// verify.mjs under Node: the second implementation of the bundle checks, on the same vectors as the first.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CHECKS, verifyBundle } from "../../crates/server/js/verify.mjs";
import { demoRecord } from "../harness.mjs";
import { tampered } from "../tamper.mjs";

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
      assert.equal(answer.verdict, "failed");
      assert.equal(failed(answer).name, second, failed(answer).detail);
    });
  }
});
