// A second implementation of the checks of a bundle (docs/format.md, section 10), written from that page and
// not from the first one. It needs nothing but WebCrypto, so it runs in a browser and in Node alike.
//
// It does not judge by the rules and does not run the method: those two checks say `not-checked`. What it
// checks instead of the replay is that the carried result is the one whose digest the finding states. Where a
// charter names an ML-DSA-44 key, or the trust file a witness with one that cosigned, it asks for that key's line, cannot
// check it, and says "verified in part".

import { BundleError, parseBundle, parseEnvelope, parsePayload } from "./verify-form.mjs";
import { openedContent } from "./verify-shapes.mjs";
import { canonical, concat, decode64, equal, hex, sha256, utf8 } from "./verify-bytes.mjs";
import { checkpointOf, cosignedAt, inTree, leafHash, openNote, parseKey, parseTrust, signedBy } from "./verify-log.mjs";

/** The checks in the order in which they are made; the first that fails ends the way. */
export const CHECKS = [
  "digest", "form", "statements", "charter", "checkpoint", "trust", "witnesses", "inclusion", "signatures",
  "seals", "rules", "finding", "exhibits", "replay",
];

/** Statement types that belong to a case although their statement does not name one. */
const REPORTS = new Set(["report", "consent"]);

/** How far a tick may be ahead of the cosignatures, in seconds. */
const MAX_TICK_AHEAD_S = 3600;

class Failure extends Error {}

function fail(text) {
  throw new Failure(text);
}

/**
 * Checks a bundle.
 * @param {Uint8Array} bytes of the file
 * @param {string | null} trustText the trust file, if there is one
 * @param {(check: {name: string, outcome: string, detail: string}) => void} told hears each check as it is made
 * @returns {Promise<{verdict: "verified" | "verified-in-part" | "self-consistent" | "failed", checks: object[], subject?: object}>}
 *   `subject`: what was verified, `{record, case, finding, demonstration}`
 */
export async function verifyBundle(bytes, trustText = null, told = () => {}) {
  const checks = [];
  const note = (name, outcome, detail) => {
    const check = { name, outcome, detail };
    checks.push(check);
    told(check);
  };
  const check = async (name, held, work) => {
    try {
      const value = await work();
      if (value?.unchecked) note(name, "not-checked", value.unchecked);
      else note(name, "held", typeof held === "function" ? held(value) : held);
      return value;
    } catch (error) {
      if (error instanceof Failure || error instanceof BundleError) {
        note(name, "failed", error.message);
      } else {
        note(name, "failed", `this could not be checked: ${error}`);
      }
      throw new Failure(name);
    }
  };
  let subject;
  try {
    subject = await run({ check, skip: (name, detail) => note(name, "not-checked", detail) }, bytes, trustText);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { verdict: "failed", checks };
  }
  const whole = checks.every(({ name, outcome }) => !["checkpoint", "witnesses"].includes(name) || outcome === "held");
  const verified = whole ? "verified" : "verified-in-part";
  return { verdict: trustText === null ? "self-consistent" : verified, checks, subject };
}

async function run({ check, skip }, bytes, trustText) {
  const text = await check("digest", "the last line is the digest of everything before it", () => digest(bytes));
  const bundle = await check("form", "every line is as the format says", () => parseBundle(text));
  const statements = await check(
    "statements", (all) => `${all.length} statements read`, () => readStatements(bundle));
  const charter = await check(
    "charter", "entry 0 is the charter that names the log key", () => charterOf(statements));
  const checkpoint = await check("checkpoint", "signed by the log key of the charter", async () => {
    const note = openNote(bundle.checkpoint);
    const found = checkpointOf(note, charter.log.name);
    if (!(await signedBy(note, charter.log))) fail("the log key of the charter has not signed it");
    return { ...found, note, unchecked: await secondSignature(note, charter.second) };
  });
  if (trustText === null) {
    skip("trust", "no trust file was given: anyone could have made these keys");
  } else {
    const trust = await check("trust", "log key, charter and witness policy are those of the trust file", () =>
      checkTrust(trustText, charter, checkpoint.note));
    await check("witnesses", `${trust.cosigners.size} pinned witnesses cosigned`, () => {
      checkClock(trust, charter, statements);
      if (trust.unreadable.size === 0) return null;
      return { unchecked: `${trust.cosigners.size} cosigned; ${trust.unreadable.size} signatures are of a kind that WebCrypto does not know` };
    });
  }
  await check("inclusion", `every statement is in the tree of ${checkpoint.size} entries`, async () => {
    for (const { index, path, leaf } of statements) {
      const found = await inTree(leaf, index, checkpoint.size, path, checkpoint.root);
      if (!found) fail(`statement at index ${index} is not in the tree of the checkpoint`);
    }
  });
  await check("signatures", "every statement is signed by the key it names", async () => {
    for (const { index, envelope } of statements) {
      if (!(await envelope.isSigned())) fail(`statement at index ${index}: the signature does not verify`);
    }
  });
  await check("seals", (n) => `${n} opened contents are the ones that were sealed`, () => checkSeals(statements));
  skip("rules", "the second implementation does not judge by the rules; the module does");
  const finding = await check("finding", "it is in the bundle and lists every statement of its case", () =>
    checkFinding(bundle, statements));
  await check("exhibits", `${bundle.exhibits.length} exhibits have the hashes they are declared with`, () =>
    checkExhibits(bundle, statements, finding));
  await check("replay", "the carried result is the one the finding states (not recomputed here; the module does)", async () => {
    const found = hex(await sha256(utf8(bundle.result)));
    const stated = finding.body.proposal.result_sha256;
    if (found !== stated) fail(`the carried result has the digest ${found}, the finding states ${stated}`);
  });
  return { record: charter.log.name, case: finding.case, finding: bundle.finding, demonstration: charter.demonstration };
}

async function digest(bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    fail("the file is not UTF-8");
  }
  if (text.includes("\r")) fail("a carriage return; lines end in a line feed alone");
  const at = text.lastIndexOf("\nsha256 ");
  if (at < 0 || !/^sha256 [0-9a-f]{64}\n$/.test(text.slice(at + 1))) fail("the last line is `sha256` and a digest");
  const body = text.slice(0, at + 1);
  const found = hex(await sha256(utf8(body)));
  const said = text.slice(at + 8, -1);
  if (found !== said) fail(`the file's digest is ${found}, its last line says ${said}`);
  return body;
}

async function readStatements(bundle) {
  const statements = [];
  let before = -1;
  for (const { index, path, entry } of bundle.statements) {
    if (index <= before) fail(`statement at index ${index} is out of order`);
    before = index;
    const leaf = await leafHash(utf8(entry));
    try {
      const envelope = await parseEnvelope(entry);
      const payload = parsePayload(envelope.payload);
      statements.push({ index, path, leaf, id: hex(leaf), envelope, ...payload });
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      fail(`statement at index ${index}: ${error.message}`);
    }
  }
  return statements;
}

async function charterOf(statements) {
  const [first] = statements;
  if (first?.index !== 0 || first.type !== "charter") fail("the first statement is not the charter at index 0");
  const { text } = first.body;
  const second = text.log_mldsa === undefined ? null : await parseKey(text.log_mldsa);
  const digest = hex(await sha256(utf8(canonical(text))));
  return { log: await parseKey(text.log), second, clock: text.clock, digest, demonstration: text.demonstration };
}

/** What is to be said of the signature by the second key that a charter may name (docs/format.md, section 8). */
async function secondSignature(note, key) {
  if (key === null) return null;
  const signed = await signedBy(note, key);
  if (signed === false) fail("the log's ML-DSA-44 key, which its charter names, has not signed it");
  if (signed === true) return null;
  return "the log's Ed25519 key signed it; the line of its ML-DSA-44 key, which the charter names, is there, and WebCrypto cannot check it";
}

async function checkTrust(trustText, charter, note) {
  const trust = await parseTrust(trustText);
  if (trust.log.text !== charter.log.text) fail(`the trust file pins another log key than ${charter.log.text}`);
  const [cosigners, unreadable, times] = [new Set(), new Set(), new Map()];
  for (const [name, key] of trust.witnesses) {
    const signed = await signedBy(note, key);
    if (signed === false) continue;
    (signed === null ? unreadable : cosigners).add(name);
    times.set(name, cosignedAt(note, key));
  }
  if (!trust.satisfied(cosigners)) {
    if (unreadable.size === 0) fail(`${cosigners.size} of the pinned witnesses cosigned; the policy asks for more`);
    fail(`the policy asks for more than the ${cosigners.size} cosignatures that could be checked here; ${unreadable.size} are of a kind that WebCrypto does not know`);
  }
  if (trust.charter !== charter.digest) fail("the charter is not the one the trust file pins");
  return { ...trust, cosigners, unreadable, times };
}

/**
 * The last tick is not ahead of what the quorum cosigned at, and the quorum says when (docs/log.md, section 8). A line that
 * cannot be checked here counts with the time it states: it makes nothing whole, and condemns nobody.
 */
function checkClock({ times, quorum, satisfied }, { clock }, statements) {
  const ticks = statements.filter(({ type }) => type === "tick").map(({ body }) => Date.parse(body.time) / 1000);
  if (clock === "injected" || ticks.length === 0) return;
  const last = ticks.reduce((a, b) => Math.max(a, b));
  const saidAt = [...times].filter(([, time]) => time > 0);
  if (saidAt.length === 0 && quorum === "none") return;
  if (!satisfied(new Set(saidAt.map(([name]) => name)))) fail("the cosignatures that make the quorum do not say when they were made");
  const timely = saidAt.filter(([, time]) => last <= time + MAX_TICK_AHEAD_S).map(([name]) => name);
  if (timely.length === 0 || !satisfied(new Set(timely))) {
    fail(`the log's clock was ahead: its last tick says ${new Date(last * 1000).toISOString()}, its quorum cosigned earlier`);
  }
}

/** Every opening of a seal gives the digest that was committed (docs/format.md, section 4). */
async function checkSeals(statements) {
  const seals = new Map(statements.map((s) => [s.id, s.sealed]));
  const types = new Map(statements.map((s) => [s.id, s.type]));
  let opened = 0;
  for (const { index, type, body } of statements) {
    const of = { disclose: body.statement, "lab.open": body.commit, "calibration.open": body.answer }[type];
    if (of === undefined) continue;
    const pointer = body.pointer ?? "/body/content";
    const seal = seals.get(of)?.[pointer];
    if (!seal) fail(`statement at index ${index} opens ${of}, which seals nothing there`);
    openedContent(types.get(of), body.value);
    const parts = [pointer, canonical(body.value)].map(utf8).flatMap((part) => [length32(part), part]);
    const salt = Uint8Array.from(body.salt.match(/../g) ?? [], (byte) => parseInt(byte, 16));
    const found = hex(await sha256(concat(utf8("solferino.org/seal@v1\n"), salt, ...parts)));
    if (found !== seal.sha256) fail(`statement at index ${index} does not open the seal of ${of}`);
    opened += 1;
  }
  return opened;
}

function length32(bytes) {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, bytes.length);
  return out;
}

async function checkFinding(bundle, statements) {
  const at = statements.findIndex((s) => s.id === bundle.finding);
  const statement = statements[at];
  if (!statement || !["finding", "supersede"].includes(statement.type)) {
    fail(`no statement of the bundle is finding ${bundle.finding}`);
  }
  const body = statement.type === "finding" ? statement.body : statement.body.finding;
  if (body.proposal.case !== statement.case) fail("the finding speaks of another case");
  const before = statements.slice(0, at);
  const opened = before.find((s) => s.type === "case.open" && s.case === statement.case);
  if (!opened) fail("the bundle does not hold the opening of the case");
  const reports = new Set(opened.body.reports);
  const belongs = (s) =>
    s.case === statement.case || (REPORTS.has(s.type) && reports.has(s.type === "report" ? s.id : s.body.report));
  const ids = before.filter(belongs).map((s) => s.leaf);
  const { count, sha256: said } = body.case_statements;
  if (count !== ids.length) fail(`the finding lists ${count} statements of its case, the bundle has ${ids.length}`);
  const found = hex(await sha256(concat(...ids)));
  if (found !== said) fail(`the finding lists statements with the digest ${said}, those of the bundle have ${found}`);
  return { body, case: statement.case };
}

async function checkExhibits(bundle, statements, finding) {
  const ofCase = statements.filter((s) => s.type === "exhibit" && s.case === finding.case);
  const declared = new Set(ofCase.map((s) => s.body.sha256));
  for (const { sha256: said, content } of bundle.exhibits) {
    const found = await sha256(decode64(content));
    if (!equal(utf8(hex(found)), utf8(said))) fail(`exhibit ${said} has content with hash ${hex(found)}`);
    if (!declared.has(said)) fail(`exhibit ${said} is not declared in the case`);
  }
}
