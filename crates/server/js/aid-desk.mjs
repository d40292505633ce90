// The desk's API, and what both pages of a requester do with it.

import { access, statement } from "./aid-keys.mjs";
import { seal } from "./aid-seal.mjs";
import { encode64, utf8 } from "./verify-bytes.mjs";

const API = "/api/v1/aid";

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

/** All requests of whoever has the words, oldest first, page by page. */
export async function requestsOf(who) {
  const rows = [];
  const seen = new Set();
  let after = "";
  for (;;) {
    const page = await answered(await fetch(`${API}/requests?key=${encodeURIComponent(who.key)}${after}`));
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
 * What is needed to ask: sealed here, signed when it is sent.
 * @returns what the offline file holds, and what `ask` sends
 */
export async function prepare(who, policy, form, consent, proxy) {
  const [key, recipient] = proxy.trim().split(/\s+/u);
  const readers = [...policy.recipients, who.recipient, ...(recipient ? [recipient] : [])];
  const { item, age } = await seal(utf8(JSON.stringify(form)), readers);
  const body = { items: [item], desk: policy.version, consent, recipient: who.recipient };
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
  const response = await fetch("/api/v1/statements", {
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
export async function addMessage(who, request, text) {
  const policy = await desk();
  const readers = new Set([...policy.recipients, who.recipient, ...request.recipients]);
  const { item, age } = await seal(utf8(text), [...readers]);
  const body = { request: request.id, kind: "message", items: [item] };
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
