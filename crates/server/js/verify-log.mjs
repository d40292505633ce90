// The log's side: C2SP keys, signed notes, checkpoints and policies, Ed25519, Merkle inclusion (docs/log.md).

import { concat, decode64, equal, hex, sha256, utf8 } from "./verify-bytes.mjs";
import { BundleError } from "./verify-error.mjs";

const ED25519 = 0x01;
const COSIGNATURE = 0x04;
const SUBTREE = 0x06;

/** Of a signed note: bytes, and signature lines. */
const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 128;

/** Encodings of the points of small order, canonical or not: never a key, never an R. */
const SMALL_ORDER = new Set([
  `01${"00".repeat(31)}`, `01${"00".repeat(30)}80`, `${"00".repeat(32)}`, `${"00".repeat(31)}80`,
  `ec${"ff".repeat(30)}7f`, `ec${"ff".repeat(31)}`, `ed${"ff".repeat(30)}7f`, `ed${"ff".repeat(31)}`,
  `ee${"ff".repeat(30)}7f`, `ee${"ff".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]);

function refuse(text) {
  throw new BundleError(text);
}

/** A vkey: name, key id, type and public key. */
export async function parseKey(text) {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(String(text));
  const bytes = found && decode64(found[3]);
  if (!bytes?.length) refuse(`${JSON.stringify(text)} is not a vkey`);
  const [, name, id] = found;
  const digest = await sha256(concat(utf8(`${name}\n`), bytes));
  if (hex(digest.subarray(0, 4)) !== id) refuse(`the key id of ${text} is not that of its key`);
  const [type, raw] = [bytes[0], bytes.subarray(1)];
  if (type !== SUBTREE && raw.length !== 32) refuse(`${text} does not hold 32 bytes of key`);
  if (![ED25519, COSIGNATURE, SUBTREE].includes(type)) refuse(`${text} is of an unknown kind`);
  if (type !== SUBTREE && SMALL_ORDER.has(hex(raw))) refuse(`${text} is a key of small order`);
  return { text, name, id, type, raw };
}

/** Whether an Ed25519 signature holds, by the rule of docs/log.md, section 1. */
export async function isValid(key, signature, message) {
  if (SMALL_ORDER.has(hex(signature.subarray(0, 32)))) return false;
  const imported = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

/** A signed note: its text and its signature lines. */
export function openNote(bytes) {
  let whole;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse("the note is not UTF-8");
  }
  if (bytes.length > MAX_NOTE_BYTES || /[\x00-\x09\x0b-\x1f]/.test(whole)) refuse("the note is too long or holds a control character");
  const at = whole.lastIndexOf("\n\n");
  if (at < 0 || !whole.endsWith("\n") || whole.length === at + 2) refuse("the note has no signatures");
  const lines = whole.slice(at + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES || new Set(lines).size < lines.length) refuse("the note has too many signature lines, or one of them twice");
  const signatures = lines.map((line) => {
    const found = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line);
    const both = found && decode64(found[2]);
    if (!both || both.length < 5) refuse("a line after the note's text is not a signature line");
    return { name: found[1], id: hex(both.subarray(0, 4)), bytes: both.subarray(4) };
  });
  return { text: whole.slice(0, at + 1), signatures };
}

/** Size and root of a checkpoint without extension lines. */
export function checkpointOf({ text }, origin) {
  const [said, size, root, ...rest] = text.split("\n");
  if (said !== origin) refuse(`the checkpoint is of ${said}, the log is ${origin}`);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size ?? "") || rest.join() !== "") refuse("the note is not a checkpoint");
  const hash = decode64(root ?? "");
  if (hash?.length !== 32) refuse("the root of the checkpoint is not a base64 hash");
  return { size: Number(size), root: hash };
}

/** Bytes of a signature line after the key id, by type. */
const LENGTHS = { [ED25519]: 64, [COSIGNATURE]: 72, [SUBTREE]: 2428 };

/** The one line of a key in a note, `null` if there is none. A key that signed twice, or in another length, has not signed. */
function lineOf(note, key) {
  const mine = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (mine.length === 0) return null;
  if (mine.length > 1) refuse(`the key ${key.name} (${key.id}) signed twice`);
  const [{ bytes }] = mine;
  if (bytes.length !== LENGTHS[key.type]) refuse(`the signature by ${key.name} (${key.id}) is not of the length of its kind`);
  return bytes;
}

const timeIn = (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);

/** When the key says that it cosigned the note, in seconds since 1970; 0 if it does not say. `signedBy` says whether that holds. */
export function cosignedAt(note, key) {
  const bytes = key.type === ED25519 ? null : lineOf(note, key);
  return bytes === null ? 0 : Number(timeIn(bytes));
}

/**
 * Whether the key signed the note; `null` if it did with a kind of signature that cannot be checked here. A line that
 * names the key and does not hold spoils the note: nobody honest writes one, and not all readers would pass it over.
 */
export async function signedBy(note, key) {
  const bytes = lineOf(note, key);
  if (bytes === null) return false;
  if (key.type === SUBTREE) return null;
  const message = key.type === ED25519 ? note.text : `cosignature/v1\ntime ${timeIn(bytes)}\n${note.text}`;
  const holds = await isValid(key, bytes.subarray(-64), utf8(message));
  if (!holds) refuse(`the signature by ${key.name} (${key.id}) does not hold`);
  return true;
}

/** A trust file: the first charter's digest, the log key, and whether a set of cosigners satisfies the policy. */
export async function parseTrust(text) {
  const lines = text.split("\n");
  if (lines[0] !== "solferino.org/trust@v1") refuse("the first line of a trust file is solferino.org/trust@v1");
  const charter = /^charter ([0-9a-f]{64})$/.exec(lines[1] ?? "")?.[1];
  if (!charter) refuse("the second line of a trust file is `charter` and 64 lower-case hex digits");
  const [logs, witnesses, groups] = [[], new Map(), new Map()];
  let quorum = null;
  const known = (name) => witnesses.has(name) || groups.has(name);
  for (const [n, line] of lines.slice(2).entries()) {
    const [word, ...rest] = line.split(/[ \t]+/).filter((item) => item !== "");
    const wrong = () => refuse(`line ${n + 3} of the trust file is not one of a policy`);
    if (word === undefined || word.startsWith("#")) continue;
    if (word === "log" && rest.length >= 1 && rest.length <= 2) logs.push(await parseKey(rest[0]));
    else if (word === "witness" && rest.length >= 2 && rest.length <= 3 && !known(rest[0])) {
      witnesses.set(rest[0], await parseKey(rest[1]));
    } else if (word === "group" && rest.length >= 3 && !known(rest[0])) {
      const [name, threshold, ...members] = rest;
      if (!members.every(known)) wrong();
      const k = { all: members.length, any: 1 }[threshold] ?? Number(threshold);
      if (!(Number.isInteger(k) && k >= 1 && k <= members.length)) wrong();
      groups.set(name, { k, members });
    } else if (word === "quorum" && rest.length === 1 && quorum === null && (rest[0] === "none" || known(rest[0]))) {
      quorum = rest[0];
    } else wrong();
  }
  if (logs.length !== 1) refuse(`a trust file pins exactly one log; this one has ${logs.length}`);
  if (quorum === null) refuse("the policy of the trust file has no quorum line");
  const holds = (name, cosigners) => {
    const group = groups.get(name);
    if (!group) return cosigners.has(name);
    return group.members.filter((member) => holds(member, cosigners)).length >= group.k;
  };
  return { charter, log: logs[0], witnesses, quorum, satisfied: (cosigners) => quorum === "none" || holds(quorum, cosigners) };
}

/** RFC 6962, section 2.1: the hash of a leaf. */
export const leafHash = (entry) => sha256(concat(Uint8Array.of(0), entry));

const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** RFC 9162, section 2.1.3.2: whether the path leads from the leaf to the root. */
export async function inTree(leaf, index, size, path, root) {
  if (index >= size) return false;
  let [fn, sn, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of path) {
    if (sn === 0n) return false;
    if (fn % 2n === 1n || fn === sn) {
      hash = await nodeHash(sibling, hash);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  return sn === 0n && equal(hash, root);
}
