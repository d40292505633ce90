// Who reads what is told, by the scripts of the page under Node: the same log, cases and answers as the command's own code
// (docs/vectors/aid-readers-v1.json), and every way in which a server could change them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readersOf, recipientDigest } from "../../crates/server/js/aid-readers.mjs";
import { encode64, utf8 } from "../../crates/server/js/verify-bytes.mjs";

const vector = JSON.parse(readFileSync(new URL("../../docs/vectors/aid-readers-v1.json", import.meta.url)));
const { origin, trust } = vector;
const byIndex = new Map(vector.entries.map((entry) => [entry.index, entry]));
const evidenceOf = ({ entries }) => ({ checkpoint: vector.checkpoint, entries: entries.map((index) => structuredClone(byIndex.get(index))) });

test("each case comes out as it does in the command", async (t) => {
  for (const example of vector.cases) {
    await t.test(example.name, async () => {
      const read = () => readersOf(evidenceOf(example), trust, origin, example.request);
      if (example.readers === null) return assert.rejects(read);
      const { desk, readers, cosigned, part } = await read();
      assert.deepEqual({ desk, readers }, { desk: example.desk, readers: example.readers });
      assert.deepEqual([cosigned, part], [null, false], "its charter asks for no witness");
    });
  }
});

test("nothing that a server changes is believed", async (t) => {
  const good = vector.cases.find(({ name }) => name.startsWith("with a team"));
  assert.equal((await readersOf(evidenceOf(good), trust, origin, good.request)).readers.length, 3);
  const mine = "age1mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";
  const last = ({ entries }, type) => entries.findLast(({ envelope }) => JSON.parse(atob(JSON.parse(envelope).payload)).type === type);
  const inBody = (type, change) => (evidence) => {
    const entry = last(evidence, type);
    const envelope = JSON.parse(entry.envelope);
    const payload = JSON.parse(atob(envelope.payload));
    change(payload.body);
    envelope.payload = encode64(utf8(JSON.stringify(payload)));
    entry.envelope = JSON.stringify(envelope);
  };
  const lies = {
    "another officer's recipient": inBody("aid.desk", (body) => (body.officers[0].recipient = mine)),
    "one more officer": inBody("aid.desk", (body) => body.officers.push({ ...body.officers[0], recipient: mine })),
    "another requester's": inBody("aid.request", (body) => (body.recipient = mine)),
    "a proxy": inBody("aid.request", (body) => (body.proxy = { key: body.recipient, recipient: mine })),
    "another responder's": inBody("aid.enlist", (body) => (body.recipient = mine)),
    "another in the offer": inBody("aid.step", (body) => (body.reason = "confirmed")),
    "an entry twice": ({ entries }) => entries.push(structuredClone(entries.at(-1))),
    "another order": ({ entries }) => entries.reverse(),
    "another place": ({ entries }) => (entries.at(-1).index += 1),
    "a shorter path": ({ entries }) => entries.at(-1).path.pop(),
    "no entries": (evidence) => (evidence.entries = []),
    "too many": (evidence) => (evidence.entries = new Array(513).fill(evidence.entries[0])),
    "another size": (evidence) => (evidence.checkpoint = evidence.checkpoint.replace(/\n(\d+)\n/u, (_, size) => `\n${Number(size) + 1}\n`)),
    "no signature": (evidence) => (evidence.checkpoint = evidence.checkpoint.split("\n\n")[0]),
  };
  for (const [name, lie] of Object.entries(lies)) {
    await t.test(name, async () => {
      const evidence = evidenceOf(good);
      lie(evidence);
      await assert.rejects(() => readersOf(evidence, trust, origin, good.request));
    });
  }
  const twoKeys = readFileSync(new URL("../../docs/vectors/two-keys.trust", import.meta.url), "utf8");
  await assert.rejects(() => readersOf(evidenceOf(good), trust, `${origin}/other`, good.request), /the log is/u);
  const otherCharter = trust.replace(/charter ./u, (found) => `charter ${found.endsWith("0") ? "1" : "0"}`);
  await assert.rejects(() => readersOf(evidenceOf(good), otherCharter, origin, good.request), /charter/u);
  const [line, name] = /^witness (\S+) .*$/mu.exec(twoKeys);
  const witnessed = trust.replace("quorum none", `${line}\nquorum ${name}`);
  assert.notEqual(witnessed, trust);
  await assert.rejects(() => readersOf(evidenceOf(good), witnessed, origin, good.request), /too few/u);
  assert.match(await recipientDigest(mine), /^[0-9a-f]{4}( [0-9a-f]{4}){3}$/u);
});
