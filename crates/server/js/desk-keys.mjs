// The keys of this browser, and what opens the statements that were sealed here. Keys are WebCrypto's, not
// extractable: neither this script nor the server can read one, only sign with it.

const NAME = "solferino-desk";
const STORES = ["keys", "openings", "signed"];
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
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
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

export const keys = () => store("keys", "readonly", (of) => of.getAll());
export const keep = (name, id, value) => store(name, "readwrite", (of) => of.put(value, id));

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
  return put(name, privateKey, await vkey(name, raw));
}

/** The key of a file as the command writes it: `PRIVATE+KEY+name+id+base64`. */
export async function bring(text, vkey) {
  const found = /^PRIVATE\+KEY\+([^+\s]+)\+[0-9a-f]{8}\+(\S+)\s*$/.exec(text);
  const bytes = found && Uint8Array.from(atob(found[2]), (c) => c.charCodeAt(0));
  if (bytes?.length !== 33 || bytes[0] !== 0x01) return null;
  const der = Uint8Array.from([...PKCS8, ...bytes.subarray(1)]);
  // Readable for this moment only, since the public half has to be known.
  const readable = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", readable);
  const raw = Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "Ed25519" }, false, ["sign"]);
  return put(found[1], key, await vkey(found[1], raw));
}

async function put(name, key, { vkey, digest }) {
  const entry = { name, vkey, digest, key };
  await keep("keys", vkey, entry);
  return entry;
}

export async function sign({ key }, bytes) {
  return new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, key, bytes));
}
