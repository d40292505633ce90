// What members hand to each other: encrypted here to the key that each reads with, so that the server keeps what it
// cannot read (docs/desk.md). age-encryption.org/v1, X25519.

import { Decrypter, Encrypter, identityToRecipient } from "./aid-crypto.mjs";
import { utf8 } from "./verify-bytes.mjs";

/** PKCS #8 of an X25519 key (RFC 8410), up to the key. */
const PKCS8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20];
const DOMAIN = utf8("solferino.org/reading-key@v1\n");

/** A fresh key to read with, for a signing key that was made here and cannot be copied either. */
export async function freshReading() {
  const { privateKey } = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  return { identity: privateKey, recipient: await identityToRecipient(privateKey) };
}

/** The key to read with that goes with the seed of a key file: the same in every browser the file is brought to. */
export async function readingOf(seed) {
  const source = await crypto.subtle.importKey("raw", seed, "HKDF", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: DOMAIN }, source, 256);
  const der = Uint8Array.from([...PKCS8, ...new Uint8Array(derived)]);
  const identity = await crypto.subtle.importKey("pkcs8", der, { name: "X25519" }, false, ["deriveBits"]);
  return { identity, recipient: await identityToRecipient(identity) };
}

/** A value for one reader, as an age file. */
export function sealTo(recipient, value) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(JSON.stringify(value));
}

/** The value of an age file; `null` for one that this identity cannot read. */
export async function unseal(identity, bytes) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return JSON.parse(await decrypter.decrypt(bytes, "text"));
  } catch (error) {
    console.warn(error);
    return null;
  }
}
