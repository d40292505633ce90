// A scope from the fields of the page, by the rules of the guard that will judge by it (docs/aid.md, section 8; crates/aid/src/guard),
// held against docs/vectors/aid-scope-v1.json in both programs: what the guard could not read is not signed.

import { isName } from "./aid-form.mjs";

/** Kinds of systems that a scope names, each in a field of its own, one system per line. */
export const SYSTEMS = ["domains", "networks", "accounts", "hosts"];

const MAX_ENTRIES = 1_000;
const MAX_DOMAIN_BYTES = 253;
/** Bits of an address, and the fewest that a network may have. */
const V4 = { width: 32, least: 16 };
const V6 = { width: 128, least: 32 };

const lines = (text) => [...new Set((text ?? "").split("\n").map((line) => line.trim()).filter((line) => line !== ""))];

const isLabel = (label) => /^(?!-)[a-z0-9_-]{1,63}$/u.test(label) && !label.endsWith("-");
const isNumber = (label) => /^(?:[0-9]*|0x[0-9a-f]*)$/u.test(label);

/** A domain name in its one spelling, lower-case ASCII; `null` if it is none. */
function domainName(text) {
  let name = text.toLowerCase();
  if (/[^\0-\x7f]/u.test(name)) {
    try {
      name = new URL(`http://${name}`).hostname; // letters of other scripts have a spelling of their own
    } catch {
      return null;
    }
  }
  const labels = name.split(".");
  const fits = name.length <= MAX_DOMAIN_BYTES && labels.length > 1 && !isNumber(labels.at(-1));
  return fits && labels.every(isLabel) ? name : null;
}

/** Whether anybody can have a name under it. `rules` is the list of aid-suffixes.mjs. */
function isSuffix(name, rules) {
  const labels = name.split(".");
  const top = labels.at(-1);
  const start = `\n${rules}`.indexOf(`\n${top} `);
  const below = start < 0 ? [] : rules.slice(start).split("\n", 1)[0].split(" ").slice(1);
  const is = new Set(below);
  // The longest rule that fits says how many labels are everybody's; without one it is the last.
  for (let count = labels.length; count > 1; count -= 1) {
    const [first, ...rest] = labels.slice(-count, -1);
    const [whole, above] = [[first, ...rest].join("."), rest.join(".")];
    if (is.has(`!${whole}`)) return labels.length < count;
    if (is.has(whole) || is.has(`*.${above}`)) return labels.length <= count;
  }
  return labels.length <= 1;
}

function domainOf(line, rules) {
  const below = line.startsWith("*.");
  const name = domainName(below ? line.slice(2) : line);
  if (name === null) return { fault: "domain" };
  return isSuffix(name, rules) ? { fault: "suffix" } : { entry: { name, below } };
}

/** `name@service`. */
function accountOf(line) {
  const at = line.lastIndexOf("@");
  const [name, service] = [line.slice(0, Math.max(at, 0)), domainName(line.slice(at + 1))];
  return service !== null && isName(name) ? { entry: { service, name } } : { fault: "account" };
}

function v4(text) {
  const parts = text.split(".");
  const good = parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/u.test(part) && Number(part) < 256);
  return good ? parts.reduce((value, part) => value * 256n + BigInt(part), 0n) : null;
}

/** The groups of a part of an IPv6 address; the last may be an IPv4 address. `null` if it has others. */
function groups(part) {
  if (part === "") return [];
  const all = part.split(":");
  const inner = all.at(-1).includes(".") ? v4(all.pop()) : undefined;
  if (inner === null || !all.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))) return null;
  const read = all.map((group) => BigInt(`0x${group}`));
  return inner === undefined ? read : [...read, inner >> 16n, inner & 0xffffn];
}

function v6(text) {
  const [before, after, another] = text.split("::");
  const [head, tail] = [groups(before), groups(after ?? "")];
  const cut = after !== undefined;
  if (another !== undefined || !head || !tail || (cut && before.includes("."))) return null;
  const missing = 8 - head.length - tail.length;
  if (cut ? missing < 1 : missing !== 0) return null;
  return [...head, ...Array(missing).fill(0n), ...tail].reduce((value, group) => (value << 16n) + group, 0n);
}

/** `ADDRESS/BITS`; an address alone is a network of one. */
function networkOf(line) {
  const [address, ...rest] = line.split("/");
  const [kind, value] = address.includes(":") ? [V6, v6(address)] : [V4, v4(address)];
  const prefix = rest.length === 0 ? String(kind.width) : rest[0];
  const bits = /^[1-9][0-9]{0,2}$/u.test(prefix) ? Number(prefix) : 0;
  // An IPv4 address written as IPv6 has another spelling, its own.
  const good = value !== null && rest.length < 2 && bits > 0 && bits <= kind.width && !(kind === V6 && value >> 32n === 0xffffn);
  if (!good) return { fault: "network" };
  if (bits < kind.least) return { fault: "wide" };
  const host = value & ((1n << BigInt(kind.width - bits)) - 1n);
  return host === 0n ? { entry: `${address}/${prefix}` } : { fault: "network" };
}

const hostOf = (line) => (isName(line) ? { entry: line } : { fault: "host" });

const READ = { domains: domainOf, networks: networkOf, accounts: accountOf, hosts: hostOf };

/** One line of a field: the entry that is signed, or the fault. */
export const entryOf = (name, line, rules) => READ[name](line, rules);

/**
 * The scope that the fields say, and what of it the guard would refuse: with any fault there is nothing to sign.
 * @param rules the list of aid-suffixes.mjs
 * @returns {{scope: object, faults: {field: string, fault: string, line?: string}[]}}
 */
export function scopeOf(fields, from, until, rules) {
  const faults = [];
  const entries = Object.fromEntries(SYSTEMS.map((name) => {
    const told = lines(fields.get(name));
    if (told.length > MAX_ENTRIES) faults.push({ field: name, fault: "many", most: MAX_ENTRIES });
    const read = told.map((line) => ({ line, ...entryOf(name, line, rules) }));
    faults.push(...read.filter(({ fault }) => fault).map(({ line, fault }) => ({ field: name, fault, line: line.slice(0, 80) })));
    return [name, read.flatMap(({ entry }) => entry ?? [])];
  }));
  const actions = fields.getAll("action");
  if (actions.length === 0) faults.push({ field: "action", fault: "no-action" });
  return { scope: { ...entries, actions, from_s: from, until_s: until }, faults };
}
