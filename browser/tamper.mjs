// Good bundles made bad, each in a way that one check has to find. Some need what only the operator of the
// log has, its key: the strongest forger there is. The demonstration's keys lie in its folder.

import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

/** A bundle as lines without its digest, and back. */
const linesOf = (text) => text.split("\n").slice(0, -2);
const bundleOf = (lines) => {
  const body = lines.map((line) => `${line}\n`).join("");
  return `${body}sha256 ${sha256(body).toString("hex")}\n`;
};
const at = (lines, word) => {
  const found = lines.findIndex((line) => line.startsWith(`${word} `));
  if (found < 0) throw new Error(`the bundle has no line ${word}`);
  return found;
};
const flip = (letter) => (letter === "A" ? "B" : "A");

function payloadOf(entry) {
  return JSON.parse(Buffer.from(JSON.parse(entry).payload, "base64"));
}

const typeIn = (line) => (line.startsWith("statement ") ? payloadOf(line.split(" ").slice(3).join(" ")).type : null);

/** The number that a bundle claims, changed in its last place. */
function otherNumber(result) {
  const found = /"p95":0\.[0-9]+/.exec(result);
  const last = found[0].at(-1);
  const changed = found[0].slice(0, -1) + (last === "1" ? "2" : "1");
  return result.replace(found[0], changed);
}

/** Every entry of a record folder's log, in order. */
function entriesOf(record) {
  const folder = join(record, "log/tile/entries");
  const full = readdirSync(folder).filter((name) => /^\d{3}$/.test(name)).sort();
  const partial = readdirSync(folder).filter((name) => name.endsWith(".p")).sort().at(-1);
  const files = full.map((name) => join(folder, name));
  if (partial && !full.includes(partial.slice(0, 3))) {
    const widest = readdirSync(join(folder, partial)).sort((a, b) => b - a)[0];
    files.push(join(folder, partial, widest));
  }
  const entries = [];
  for (const bytes of files.map((file) => readFileSync(file))) {
    for (let place = 0; place < bytes.length; ) {
      const length = bytes.readUInt16BE(place);
      entries.push(bytes.subarray(place + 2, place + 2 + length));
      place += 2 + length;
    }
  }
  return entries;
}

/** RFC 6962: root of leaves, and the path of one. */
function treeOf(leaves) {
  const known = new Map();
  const root = (from, to) => {
    if (to - from === 1) return leaves[from];
    const key = `${from}-${to}`;
    if (!known.has(key)) {
      const split = from + 2 ** Math.floor(Math.log2(to - from - 1));
      known.set(key, sha256([1], root(from, split), root(split, to)));
    }
    return known.get(key);
  };
  const path = (index, from, to) => {
    if (to - from === 1) return [];
    const split = from + 2 ** Math.floor(Math.log2(to - from - 1));
    return index < split
      ? [...path(index, from, split), root(split, to)]
      : [...path(index, split, to), root(from, split)];
  };
  return { root: root(0, leaves.length), path: (index) => path(index, 0, leaves.length) };
}

/** A private key in the form of notes: signs bytes. */
function keyIn(file) {
  const [, , name, id, rest] = readFileSync(file, "utf8").trim().split("+").map((part, n, all) => (n === 4 ? all.slice(4).join("+") : part));
  const seed = Buffer.from(rest, "base64").subarray(1);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { name, id, sign: (bytes) => sign(null, bytes, key) };
}

function envelope(text, keyid, key) {
  const type = "application/vnd.solferino.statement+json";
  const bytes = Buffer.from(text);
  const sig = key.sign(Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${bytes.length} `), bytes]));
  return `{"payload":"${bytes.toString("base64")}","payloadType":"${type}","signatures":[{"keyid":"${keyid}","sig":"${sig.toString("base64")}"}]}`;
}

/** The bundle in a log that its operator made again, with some entries exchanged. */
function rebuilt(record, lines, exchange) {
  const log = keyIn(join(record, "keys/log.key"));
  const note = Buffer.from(lines[at(lines, "checkpoint")].split(" ")[1], "base64").toString();
  const [origin, size] = note.split("\n");
  const entries = entriesOf(record).slice(0, Number(size));
  const changed = lines.map((line) => {
    if (!line.startsWith("statement ")) return line;
    const [word, index, path, ...entry] = line.split(" ");
    const other = exchange(entry.join(" "));
    entries[Number(index)] = Buffer.from(other);
    return [word, index, path, other].join(" ");
  });
  const tree = treeOf(entries.map((entry) => sha256([0], entry)));
  const text = `${origin}\n${size}\n${tree.root.toString("base64")}\n`;
  const signature = Buffer.concat([Buffer.from(log.id, "hex"), log.sign(Buffer.from(text))]);
  const signed = `${text}\n\u2014 ${log.name} ${signature.toString("base64")}\n`;
  return changed.map((line) => {
    if (line.startsWith("checkpoint ")) return `checkpoint ${Buffer.from(signed).toString("base64")}`;
    if (!line.startsWith("statement ")) return line;
    const [word, index, , ...entry] = line.split(" ");
    const path = tree.path(Number(index)).map((hash) => hash.toString("base64")).join(",");
    return [word, index, path, ...entry].join(" ");
  });
}

/**
 * Tampered versions of a good bundle of a demonstration record: `module` and `second` name the check that has to
 * fail in the command's own code and in the second implementation; `null` where that one cannot see it, and says that it verified in part.
 */
export function tampered(record, good, trust) {
  const lines = linesOf(good);
  const first = at(lines, "statement");
  const without = (n) => lines.filter((_, place) => place !== n);
  const instead = (n, line) => lines.map((old, place) => (place === n ? line : old));
  const result = at(lines, "result");
  const exhibit = at(lines, "exhibit");
  const checkpoint = at(lines, "checkpoint");
  const consent = lines.findIndex((line) => typeIn(line) === "consent");
  const [word, index, path, ...entry] = lines[first + 9].split(" ");
  const otherPath = flip(path[0]) + path.slice(1);
  const registrar = keyIn(join(record, "keys-of-the-demo/registrar.key"));
  const note = Buffer.from(lines[checkpoint].split(" ")[1], "base64").toString();
  const otherNote = note.slice(0, -6) + flip(note.at(-6)) + note.slice(-5);
  let opened = 0;
  const badSignature = (text, n) => {
    const value = JSON.parse(text);
    if (value.signatures[0].sig.length !== 88 || n !== 20) return text;
    const { sig } = value.signatures[0];
    return text.replace(sig, sig.slice(0, 10) + flip(sig[10]) + sig.slice(11));
  };
  let place = 0;
  const otherOpening = (text) => {
    const payload = payloadOf(text);
    const { keyid } = JSON.parse(text).signatures[0];
    if (payload.type !== "disclose" || !keyid.startsWith(registrar.name + "+") || opened > 0) return text;
    opened += 1;
    payload.body.salt = "00".repeat(32);
    return envelope(JSON.stringify(payload), keyid, registrar);
  };
  /** The registrar's first statement in a text that parsers forgive, signed by the registrar. */
  const forgiven = (change) => {
    let done = false;
    return bundleOf(rebuilt(record, lines, (old) => {
      const { keyid } = JSON.parse(old).signatures[0];
      if (done || !keyid.startsWith(registrar.name + "+")) return old;
      done = true;
      return envelope(change(JSON.stringify(payloadOf(old))), keyid, registrar);
    }));
  };
  const kinds = [
    ["a digit of the result is changed", "digest", "digest", () => good.replace(lines[result], otherNumber(lines[result]))],
    ["a line is added", "form", "form", () => bundleOf([...lines, "remark all is well"])],
    ["two statements change places", "statements", "statements", () =>
      bundleOf(lines.map((line, n) => ({ [first + 3]: lines[first + 4], [first + 4]: lines[first + 3] })[n] ?? line))],
    ["the charter is left out", "charter", "charter", () => bundleOf(without(first))],
    ["the log's signature is changed", "checkpoint", "checkpoint", () =>
      bundleOf(instead(checkpoint, `checkpoint ${Buffer.from(otherNote).toString("base64")}`))],
    ["a line under the log's name that does not hold stands before the one that does", "checkpoint", "checkpoint", () =>
      withNote(good, (note) => note.replace(/^\u2014 .*$/mu, (line) => `${line.slice(0, -6)}${flip(line.at(-6))}${line.slice(-5)}\n${line}`))],
    ["the log's signature stands there twice", "checkpoint", "checkpoint", () =>
      withNote(good, (note) => note.replace(/^\u2014 .*$/mu, (line) => `${line}\n${line}`))],
    ["a payload has a key twice, and its author signed it so", "statements", "statements", () =>
      forgiven((text) => text.replace('"v":1', '"v":1,"v":1'))],
    ["a payload has a number with a fraction, and its author signed it so", "statements", "statements", () =>
      forgiven((text) => text.replace('"v":1', '"v":1.0'))],
    ["a pinned witness's ML-DSA-44 line is junk", "trust", null, () => withNote(good, junkLine), trust.replace("quorum none", `witness m ${MLDSA.vkey}\nquorum none`)],
    ["it is another body's log", "trust", "trust", () => good, trust.replace(/^charter ./m, (line) => line.slice(0, -1) + (line.endsWith("0") ? "1" : "0"))],
    ["a witness is missing", "trust", "trust", () => good, trust.replace("quorum none", `witness w ${WITNESS}\nquorum w`)],
    ["a path of a proof is changed", "inclusion", "inclusion", () =>
      bundleOf(instead(first + 9, [word, index, otherPath, ...entry].join(" ")))],
    ["the log holds a statement that its author never signed", "signatures", "signatures", () =>
      bundleOf(rebuilt(record, lines, (text) => badSignature(text, place++)))],
    ["the log holds an opening of something that was never sealed", "rules", "seals", () =>
      bundleOf(rebuilt(record, lines, otherOpening))],
    ["a consent is left out", "rules", "finding", () => bundleOf(without(consent))],
    ["it names another finding", "finding", "finding", () => bundleOf(instead(1, `finding ${"0".repeat(64)}`))],
    ["an exhibit is exchanged", "exhibits", "exhibits", () => {
      const [, hash] = lines[exhibit].split(" ");
      return bundleOf(instead(exhibit, `exhibit ${hash} ${Buffer.from("something else").toString("base64")}`));
    }],
    ["a figure of the result is changed, and the digest with it", "replay", "replay", () =>
      bundleOf(instead(result, otherNumber(lines[result])))],
  ];
  return kinds.map(([name, module, second, make, other]) => ({ name, module, second, bundle: make(), trust: other ?? trust }));
}

/**
 * Tampered versions of the frozen bundle with witnesses (docs/vectors, two-keys), whose log goes by the system's clock, as above.
 */
export function witnessed(good, trust) {
  const pinned = trust.replace(/^quorum /m, `witness m ${MLDSA.vkey}\nquorum `);
  const kinds = [
    ["the witnesses cosigned an hour and a second before the last tick", "witnesses", "witnesses", cosignedEarlier(good, 3601)],
    ["the quorum's cosignatures have no time", "witnesses", "witnesses", cosignedEarlier(good, null)],
    ["one of the quorum's two cosignatures has no time", "witnesses", "witnesses", cosignedEarlier(good, null, "1")],
    ["a line that only one program can read hides no clock", "trust", "witnesses", withNote(cosignedEarlier(good, 3601), junkLine), pinned],
    ["a witness's line stands there twice", "checkpoint", "checkpoint", withNote(good, (note) => note.replace(/^\u2014 witness.*$/mu, (line) => `${line}\n${line}`))],
    ["a witness cosigned twice", "trust", "trust", withNote(good, (note) => note + /^\u2014 witness.*\n/mu.exec(noteOf(cosignedEarlier(good, 10)))[0])],
  ];
  return kinds.map(([name, module, second, bundle, other]) => ({ name, module, second, bundle, trust: other ?? trust }));
}

/** What a reader may not take for a value: for each place in it, from the top, what else could stand there. */
export function mistaken(value, at = ["value"]) {
  const inner = typeof value === "object" ? Object.entries(value) : [];
  const below = inner.filter(([key]) => key !== "value").flatMap(([key, item]) => mistaken(item, [...at, key]));
  let others = [];
  if (Array.isArray(value)) others = [];
  else if (typeof value === "object") others = [Object.values(value), [], "text", null];
  else others = [[value], { [value]: null }, null];
  return [[at, others], ...below];
}

const noteOf = (bundle) => Buffer.from(/^checkpoint (.*)$/m.exec(bundle)[1], "base64").toString();

/** A signed note in a bundle, changed. */
function withNote(good, change) {
  const lines = linesOf(good);
  lines[at(lines, "checkpoint")] = `checkpoint ${Buffer.from(change(noteOf(good))).toString("base64")}`;
  return bundleOf(lines);
}

/** A bundle whose checkpoint lacks the longest signature line, which is the ML-DSA-44 key's. */
export function withoutSecondSignature(good) {
  return withNote(good, (note) => note.split("\n").filter((line) => !line.startsWith("\u2014 ") || line.length < 1000).join("\n"));
}

/** The frozen bundle with two keys (docs/vectors), its witnesses' cosignatures made so many seconds earlier, or without a time; `only` one of them. Their seeds are 32 bytes of 1, 2, 3. */
export function cosignedEarlier(good, seconds, only = null) {
  return withNote(good, (note) => {
    const text = note.slice(0, note.lastIndexOf("\n\n") + 1);
    return note.replace(/^\u2014 witness\.example\/(\d) (\S+)$/gmu, (whole, n, line) => {
      if (only !== null && n !== only) return whole;
      const bytes = Buffer.from(line, "base64");
      const time = seconds === null ? 0n : bytes.readBigUInt64BE(4) - BigInt(seconds);
      const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, Number(n))]);
      const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      const stamp = Buffer.alloc(8);
      stamp.writeBigUInt64BE(time);
      const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key);
      return `\u2014 witness.example/${n} ${Buffer.concat([bytes.subarray(0, 4), stamp, signature]).toString("base64")}`;
    });
  });
}

/** A witness's key that signed nothing. */
const WITNESS = witnessKey();

/** An ML-DSA-44 key that nobody holds. */
const MLDSA = mldsaKey();

function mldsaKey() {
  const key = Buffer.concat([Buffer.from([6]), Buffer.alloc(1312, 1)]);
  const id = sha256("witness.example/m\n", key).subarray(0, 4);
  return { id, vkey: `witness.example/m+${id.toString("hex")}+${key.toString("base64")}` };
}

/** A note with a line under that key which nobody made. */
function junkLine(note) {
  return `${note}\u2014 witness.example/m ${Buffer.concat([MLDSA.id, Buffer.alloc(2428, 7)]).toString("base64")}\n`;
}

function witnessKey() {
  // The point of RFC 8032's first test vector, as a cosignature/v1 key.
  const key = Buffer.from("04d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
  const id = sha256("witness.example\n", key).subarray(0, 4).toString("hex");
  return `witness.example+${id}+${key.toString("base64")}`;
}
