// The lines of a bundle, and the envelopes and payloads in them (docs/format.md, sections 1, 3 and 10).

import { canonical, concat, decode64, utf8 } from "./verify-bytes.mjs";
import { isValid, parseKey } from "./verify-log.mjs";
import { bodyOf, isObject } from "./verify-shapes.mjs";
import { BundleError } from "./verify-error.mjs";

export { BundleError };

const HEADER = "solferino.org/bundle@v1";
const PAYLOAD_TYPE = "application/vnd.solferino.statement+json";
/** Deepest nesting of a payload. */
const MAX_DEPTH = 12;

function refuse(text) {
  throw new BundleError(text);
}

/** The parts of the text that the digest covers. */
export function parseBundle(text) {
  const lines = text.slice(0, -1).split("\n");
  const line = (n, word) => {
    if (!lines[n]?.startsWith(`${word} `)) refuse(`line ${n + 1}: the line "${word}" is expected here`);
    return lines[n].slice(word.length + 1);
  };
  if (lines[0] !== HEADER) refuse(`line 1: the first line of a bundle is "${HEADER}"`);
  const finding = line(1, "finding");
  if (!/^[0-9a-f]{64}$/.test(finding)) refuse("line 2: not a statement identifier");
  const checkpoint = decode64(line(2, "checkpoint")) ?? refuse("line 3: the checkpoint is not canonical base64");
  const [statements, exhibits] = [[], []];
  let at = 3;
  for (; lines[at]?.startsWith("statement "); at += 1) statements.push(statementLine(lines[at], at + 1));
  for (; lines[at]?.startsWith("exhibit "); at += 1) exhibits.push(exhibitLine(lines[at], at + 1));
  const result = line(at, "result");
  if (result === "") refuse("the bundle has no result");
  if (lines.length !== at + 1) refuse(`line ${at + 2}: nothing follows the result but the digest`);
  return { finding, checkpoint, statements, exhibits, result };
}

function statementLine(text, n) {
  const found = /^statement (0|[1-9][0-9]{0,15}) (\S+) (.+)$/.exec(text);
  if (!found) refuse(`line ${n}: a statement line has an index, a path and an envelope`);
  const [, index, path, entry] = found;
  const hashes = path === "-" ? [] : path.split(",").map((hash) => decode64(hash));
  if (hashes.some((hash) => hash?.length !== 32)) refuse(`line ${n}: the path is not one of base64 hashes`);
  return { index: Number(index), path: hashes, entry };
}

function exhibitLine(text, n) {
  const found = /^exhibit ([0-9a-f]{64}) (\S*)$/.exec(text);
  if (!found || decode64(found[2]) === null) refuse(`line ${n}: an exhibit line has a hash and base64`);
  return { sha256: found[1], content: found[2] };
}

/** A DSSE envelope in its canonical form, with one signature by the key it names. */
export async function parseEnvelope(entry) {
  let value;
  try {
    value = JSON.parse(entry);
  } catch {
    refuse("the envelope is not JSON");
  }
  const [signature] = Array.isArray(value?.signatures) ? value.signatures : [];
  const has = (object, keys) => Object.keys(object ?? {}).sort().join() === keys;
  if (!has(value, "payload,payloadType,signatures") || value.signatures.length !== 1 || !has(signature, "keyid,sig")) {
    refuse("the envelope is not a DSSE envelope with one signature");
  }
  if (canonical(value) !== entry) refuse("the envelope is not in its canonical form");
  if (value.payloadType !== PAYLOAD_TYPE) refuse(`payloadType is not ${PAYLOAD_TYPE}`);
  const payload = decode64(value.payload) ?? refuse("the payload is not canonical base64");
  const sig = decode64(signature.sig);
  if (sig?.length !== 64) refuse("the signature is not 64 bytes in base64");
  const key = await parseKey(signature.keyid);
  if (key.type !== 0x01) refuse("the key is not one that signs statements");
  const header = utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  return { payload, key, isSigned: () => isValid(key, sig, concat(header, payload)) };
}

/** Header fields and body of a payload. */
export function parsePayload(bytes) {
  let text;
  let value;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    refuse("the payload is not JSON in UTF-8");
  }
  plain(text);
  strict(value, 1);
  if (!isObject(value)) refuse("the payload is not an object");
  const { v, type, record, issued, case: ofCase, body, sealed = {}, ...rest } = value;
  const texts = [type, record, issued, ofCase ?? ""].every((text) => typeof text === "string");
  if (v !== 1 || !texts || ofCase === null || !isObject(body) || !isObject(sealed) || Object.keys(rest).length > 0) {
    refuse("the payload does not have the fields of a statement, version 1");
  }
  for (const seal of Object.values(sealed)) {
    const two = isObject(seal) && Object.keys(seal).sort().join() === "sha256,until";
    if (!two || typeof seal.sha256 !== "string" || typeof seal.until !== "string") refuse("a seal is not an object of sha256 and until");
  }
  bodyOf(type, body);
  return { type, record, issued, case: ofCase, body, sealed };
}

function strict(value, depth) {
  if (depth > MAX_DEPTH) refuse(`the payload is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === "number" && !Number.isSafeInteger(value)) refuse("the payload holds a number that is no safe integer");
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value) && !/^[\x20-\x7e]*$/.test(key)) refuse("the payload holds a key outside printable ASCII");
    strict(inner, depth + 1);
  }
}

/** A string, a number or a bracket of a JSON text, in their order. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}[\],:]/gu;

/**
 * What `JSON.parse` forgives and no other reader should have to: a key given twice, of which it takes the last; a number with
 * a fraction or an exponent, which it rounds; half a surrogate pair. The text is JSON already.
 */
function plain(text) {
  const open = [];
  let key = false;
  for (const [token] of text.matchAll(TOKEN)) {
    const keys = open.at(-1);
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (/^[-0-9]/.test(token) && !/^(?:0|-?[1-9][0-9]*)$/.test(token)) refuse(`the payload holds the number ${token}, which is no plain integer`);
    else if (token.startsWith('"')) {
      const said = JSON.parse(token);
      if (/\p{Surrogate}/u.test(said)) refuse("the payload holds half a surrogate pair");
      if (key && keys) {
        if (keys.has(said)) refuse(`the payload holds the key ${token} twice`);
        keys.add(said);
      }
    }
    key = token === "{" || (token === "," && open.at(-1) !== null);
  }
}
