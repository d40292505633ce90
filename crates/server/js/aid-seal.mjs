// Sealed items: made on this device, for the officers of the desk and for whoever asks
// (docs/aid-statements.md, section 3).

import { Decrypter, Encrypter, sha256 } from "./aid-crypto.mjs";
import { concat, hex, utf8 } from "./verify-bytes.mjs";

const SALT_BYTES = 32;
const DOMAIN = utf8("solferino.org/aid-item@v1\n");

function commitment(salt, content) {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(content.length));
  return hex(sha256(concat(DOMAIN, salt, length, content)));
}

/** Seals bytes to recipients. Gives what a statement says of them, and the age file. */
export async function seal(content, recipients) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const age = await encrypter.encrypt(concat(salt, content));
  return { item: { commitment: commitment(salt, content), sealed_sha256: hex(sha256(age)) }, age };
}

/** What an age file holds: the content, with its salt before it; throws unless it is what the commitment says. */
export async function openWhole(age, identity, expected) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plaintext = await decrypter.decrypt(age);
  if (commitmentOf(plaintext) !== expected) throw new Error("this is not what was told");
  return plaintext;
}

/** The content of a plaintext, without its salt. */
export const contentOf = (plaintext) => plaintext.slice(SALT_BYTES);

/** The item that a plaintext is. */
export const commitmentOf = (plaintext) => commitment(plaintext.slice(0, SALT_BYTES), contentOf(plaintext));

/** Opens an age file; throws unless it holds what the commitment says. */
export const open = async (age, identity, expected) => contentOf(await openWhole(age, identity, expected));
