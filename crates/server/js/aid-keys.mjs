// Keys from twelve words, statements signed with them (docs/aid-statements.md, section 2).

import { bech32, ed25519, entropyToMnemonic, identityToRecipient, mnemonicToEntropy, sha256, wordlist } from "./aid-crypto.mjs";
import { canonical, concat, decode64, encode64, hex, utf8 } from "./verify-bytes.mjs";

const ENTROPY_BYTES = 16;
const NAME = "requester";
const PAYLOAD_TYPE = "application/vnd.solferino.statement+json";
/** PKCS #8 around a raw Ed25519 seed (RFC 8410). */
const PKCS8 = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** Twelve fresh words from the device's randomness. */
export function freshWords() {
  return entropyToMnemonic(crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES)), wordlist);
}

/** Words as somebody types them: any spacing, any case. `null` unless they are twelve that belong together. */
export function readWords(text) {
  const words = text.trim().toLowerCase().split(/\s+/u).join(" ");
  try {
    const entropy = mnemonicToEntropy(words, wordlist);
    return entropy.length === ENTROPY_BYTES ? { words, entropy } : null;
  } catch {
    return null;
  }
}

/** Who has these words in this record: signs, reads what was sealed to it. */
export async function requester(text, origin) {
  const read = readWords(text);
  if (!read) return null;
  const derived = (domain) => {
    const name = utf8(origin);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, name.length);
    return sha256(concat(utf8(`solferino.org/${domain}@v1\n`), length, name, read.entropy));
  };
  const seed = derived("continuity-key");
  const secret = derived("continuity-age");
  const identity = bech32.encodeFromBytes("AGE-SECRET-KEY-", secret).toUpperCase();
  return { words: read.words, origin, identity, recipient: await identityToRecipient(identity), ...(await signing(NAME, seed)) };
}

/**
 * An officer of the desk, by the texts of its key file and of its age identity file; `null` if either is none. Both stay in this
 * page's memory and nowhere else.
 */
export async function officer(keyText, identityText, origin) {
  const found = /^PRIVATE\+KEY\+([^+\s]+)\+[0-9a-f]{8}\+(\S+)\s*$/u.exec(keyText);
  const typed = found && decode64(found[2]);
  const lines = identityText.split("\n").map((line) => line.trim());
  const identity = lines.find((line) => line && !line.startsWith("#"));
  if (typed?.length !== 33 || typed[0] !== 1 || !identity?.startsWith("AGE-SECRET-KEY-1")) return null;
  return { origin, identity, ...(await signing(found[1], typed.slice(1))) };
}

/** The public text of a key, and what signs with it. */
async function signing(name, seed) {
  const typed = concat(Uint8Array.of(1), ed25519.getPublicKey(seed));
  const id = sha256(concat(utf8(`${name}\n`), typed)).slice(0, 4);
  return { key: `${name}+${hex(id)}+${encode64(typed)}`, sign: await signer(seed) };
}

/** The browser's own Ed25519, where it has it and the page is served securely; else the library's. */
async function signer(seed) {
  try {
    const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8, seed), "Ed25519", false, ["sign"]);
    return async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes));
  } catch {
    return async (bytes) => ed25519.sign(bytes, seed);
  }
}

/** A signed statement, as the exact text of its envelope. */
export async function statement(who, type, issued, body) {
  const payload = utf8(canonical({ v: 1, type, record: who.origin, issued, body }));
  const signed = concat(utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);
  const sig = encode64(await who.sign(signed));
  return canonical({ payload: encode64(payload), payloadType: PAYLOAD_TYPE, signatures: [{ keyid: who.key, sig }] });
}

/** The header that shows who reads a sealed item. */
export async function access(who, path, moment) {
  const text = `solferino.org/aid-access@v1\n${who.origin}\n${path}\n${moment}\n`;
  return `Solferino ${who.key} ${moment} ${encode64(await who.sign(utf8(text)))}`;
}
