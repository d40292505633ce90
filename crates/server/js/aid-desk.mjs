// The desk's API, and what both pages of a requester do with it.

import { access, statement } from "./aid-keys.mjs";
import { sha256 } from "./aid-crypto.mjs";
import { canCheck, readersOf } from "./aid-readers.mjs";
import { seal } from "./aid-seal.mjs";
import { encode64, hex, utf8 } from "./verify-bytes.mjs";

const API = "/api/v1/aid";

/** As `recipientDigest`, where the platform cannot hash either. */
const saidDigest = (recipient) => hex(sha256(utf8(recipient))).slice(0, 16).match(/.{4}/g).join(" ");

/** A refusal by the server, with what to do about it. */
export class Refused extends Error {
  constructor(status, body, retryAfter) {
    super(body?.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = body?.code ?? "unreachable";
    this.hint = body?.hint ?? "";
    this.retryAfter = retryAfter;
  }
}

async function answered(response) {
  const kind = response.headers.get("content-type") ?? "";
  const body = kind.startsWith("application/json") ? await response.json() : null;
  // A server that answers something else (a copy of the pages, a proxy) has not done what was asked.
  if (!response.ok || !body) throw new Refused(response.status, body, response.headers.get("retry-after"));
  return body.data;
}

export const desk = async () => answered(await fetch(API));

/** All requests of whoever has the words, oldest first, page by page: that they asked or speak for. */
export const requestsOf = (who) => listed("key", who);

/** Requests of others that name them as a proxy, and of which they have said nothing. */
export const namedOf = (who) => listed("named", who);

async function listed(asked, who) {
  const rows = [];
  const seen = new Set();
  let after = "";
  for (;;) {
    const page = await answered(await fetch(`${API}/requests?${asked}=${encodeURIComponent(who.key)}${after}`));
    rows.push(...page.rows);
    if (!page.next) return rows;
    if (seen.has(page.next)) throw new Error("the server's list does not end");
    seen.add(page.next);
    after = `&after=${page.next}`;
  }
}

/** One request, by its number. */
export const requestOf = async (id) => answered(await fetch(`${API}/requests/${id}`));

async function send(path, signed, sealed) {
  const body = JSON.stringify({ statement: signed, sealed: sealed.map(encode64) });
  return answered(await fetch(`${API}/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body }));
}

/**
 * What shows who reads what is told to the desk or, with a request, in it; nothing in it is believed. A browser that can check
 * no signature gets the server's word instead, and `sealedTo` says so.
 */
export async function shownBy(request = null) {
  if (await canCheck()) return answered(await fetch(`${API}${request ? `/requests/${request.id}` : ""}/readers`));
  const policy = await desk();
  return { said: [...policy.recipients, ...(request?.recipients ?? [])], desk: policy.version };
}

/**
 * Whom something is sealed to, from signed statements: under the reader's own trust file where there is one.
 * @returns `{desk, readers, cosigned, part, pinned, checked}`; throws if it is not shown
 */
export async function sealedTo({ trust, evidence, said, desk: version }, origin, own, request = null) {
  if (!said) return { ...(await readersOf(evidence, own ?? trust, origin, request?.id ?? null)), pinned: own !== null, checked: true };
  if (own !== null) throw new Error("this browser cannot check a trust file; the command can");
  const readers = said.map((recipient) => ({ role: "desk", recipient, digest: saidDigest(recipient) }));
  return { desk: version, readers, cosigned: null, part: true, pinned: false, checked: false };
}

/**
 * What is needed to ask: sealed here, signed when it is sent.
 * @returns what the offline file holds, and what `ask` sends
 */
export async function prepare(who, shown, form, consent, proxy) {
  const [key, recipient] = proxy.trim().split(/\s+/u);
  const readers = [...shown.readers.map((reader) => reader.recipient), who.recipient, ...(recipient ? [recipient] : [])];
  const { item, age } = await seal(utf8(JSON.stringify(form)), readers);
  const body = { items: [item], desk: shown.desk, consent, recipient: who.recipient };
  if (key) body.proxy = { key, recipient: recipient ?? "" };
  return { body, sealed: [age] };
}

export async function ask(who, prepared) {
  const { now } = await desk();
  return send("requests", await statement(who, "aid.request", now, prepared.body), prepared.sealed);
}

/** The file that travels without a network; it holds no words, and nothing anybody but the desk can read. */
export function offlineFile(origin, prepared) {
  return JSON.stringify({
    format: "solferino.org/aid-request@v1",
    origin,
    body: prepared.body,
    sealed: prepared.sealed.map(encode64),
  });
}

/** Says something of a request that seals nothing: a step, a scope, a consent. */
export async function say(who, type, body) {
  const { now } = await desk();
  const signed = await statement(who, type, now, body);
  const response = await fetch(`${API}/statements`, {
    method: "POST",
    headers: { "content-type": "application/vnd.dsse+json" },
    body: signed,
  });
  if (response.ok) return;
  throw new Refused(response.status, await response.json().catch(() => null), response.headers.get("retry-after"));
}

/**
 * Adds a message to a request, sealed to the officers, to whoever asked or speaks for them, and to the team while it may see it;
 * gives the commitment that was made here, for this text and no other.
 */
export async function addMessage(who, request, text, own, kind = "message") {
  const policy = await desk();
  const shown = await sealedTo(await shownBy(request), who.origin, own, request);
  const readers = new Set([...shown.readers.map((reader) => reader.recipient), who.recipient]);
  const { item, age } = await seal(utf8(text), [...readers]);
  const body = { request: request.id, kind, items: [item] };
  await send("items", await statement(who, "aid.item", policy.now, body), [age]);
  return item.commitment;
}

/** The age file of an item. */
export async function sealedItem(who, request, commitment) {
  const path = `${API}/requests/${request}/sealed/${commitment}`;
  const { now } = await desk();
  const response = await fetch(path, { headers: { authorization: await access(who, path, now) } });
  if (!response.ok) await answered(response);
  return new Uint8Array(await response.arrayBuffer());
}
