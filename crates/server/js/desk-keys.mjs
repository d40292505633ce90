// The keys of this browser, what opens the statements that were sealed here, and what was signed and not handed in.
// Keys are WebCrypto's, not extractable: neither this script nor the server can read one, only use it.

import { freshReading, readingOf } from "./desk-seal.mjs";

const NAME = "solferino-desk";
const VERSION = 2;
const STORES = ["keys", "openings", "signed", "packets", "unsent"];
/** PKCS #8 of an Ed25519 seed (RFC 8410), up to the seed. */
const PKCS8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const missing = STORES.filter((store) => !request.result.objectStoreNames.contains(store));
      missing.forEach((store) => request.result.createObjectStore(store));
    };
    request.onsuccess = () => {
      // A newer page in another tab needs a newer store: this one makes room and opens it again when asked.
      request.result.onversionchange = () => {
        request.result.close();
        opening = null;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function store(name, mode, work) {
  const transaction = (await database()).transaction(name, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const result = await answered(work(transaction.objectStore(name)));
  await done;
  return result;
}

/** Every key of this browser, each with the key that it reads with. */
export async function keys() {
  const all = await store("keys", "readonly", (of) => of.getAll());
  const without = all.filter(({ reading }) => !reading);
  for (const entry of without) await keep("keys", entry.vkey, Object.assign(entry, { reading: await freshReading() }));
  return all;
}

export const keep = (name, id, value) => store(name, "readwrite", (of) => of.put(value, id));
export const drop = (name, id) => store(name, "readwrite", (of) => of.delete(id));

/** What was put by under a name, by identifier. */
export async function kept(name) {
  const [ids, values] = [
    await store(name, "readonly", (of) => of.getAllKeys()),
    await store(name, "readonly", (of) => of.getAll()),
  ];
  return Object.fromEntries(ids.map((id, n) => [id, values[n]]));
}

/** A fresh key. `vkey` makes its public text from name and raw public key. */
export async function make(name, vkey) {
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return put(name, privateKey, await vkey(name, raw), await freshReading());
}

/** The key of a file as the command writes it: `PRIVATE+KEY+name+id+base64`. */
export async function bring(text, vkey) {
  const found = /^PRIVATE\+KEY\+([^+\s]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]+)\s*$/.exec(text);
  const bytes = found && decoded(found[2]);
  if (bytes?.length !== 33 || bytes[0] !== 0x01) return null;
  const seed = bytes.subarray(1);
  const der = Uint8Array.from([...PKCS8, ...seed]);
  // Readable for this moment only, since the public half has to be known.
  const readable = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", readable);
  const raw = Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, false, ["sign"]);
  return put(found[1], key, await vkey(found[1], raw), await readingOf(seed));
}

function decoded(text) {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

async function put(name, key, { vkey, digest }, reading) {
  const entry = { name, vkey, digest, key, reading };
  await keep("keys", vkey, entry);
  return entry;
}

export async function sign({ key }, bytes) {
  return new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, key, bytes));
}
