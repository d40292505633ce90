// What is told in a request, as text that can be read; and a scope from the fields of the page (docs/aid.md, section 8).

import { say } from "./texts.mjs";

const lines = (text) => (text ?? "").split("\n").map((line) => line.trim()).filter((line) => line !== "");

/** `*.example.org` is the domain and all names below it. */
const domain = (line) => {
  const below = line.startsWith("*.");
  return { name: (below ? line.slice(2) : line).toLowerCase(), below };
};

/** `name at service`, as `bo@example.org` too. */
function account(line) {
  const at = line.lastIndexOf("@");
  return { service: line.slice(at + 1).toLowerCase(), name: at > 0 ? line.slice(0, at) : line };
}

/** The scope that the fields say: whose systems, what may be done, from when until when. */
export function scopeOf(fields, from, until) {
  const all = (name) => lines(fields.get(name));
  const actions = fields.getAll("action");
  if (actions.length === 0) throw new Error(say("scope-no-action"));
  return {
    domains: all("domains").map(domain),
    networks: all("networks"),
    accounts: all("accounts").map(account),
    hosts: all("hosts"),
    actions,
    from_s: from,
    until_s: until,
  };
}

function scopeText(scope) {
  const systems = [
    ...scope.domains.map(({ name, below }) => (below ? `*.${name}` : name)),
    ...scope.networks,
    ...scope.accounts.map(({ service, name }) => `${name}@${service}`),
    ...scope.hosts,
  ];
  const ends = new Date(scope.until_s * 1000).toISOString();
  return [`${say("scope-says")} ${scope.actions.map((action) => say(`action.${action}`)).join("; ")}`, ...systems, `${say("scope-until")} ${ends}`].join("\n");
}

/** Who was considered in a round, and why these. */
function rowText(row) {
  const barriers = Object.entries(row.barriers).map(([barrier, count]) => `${barrier}: ${count}`);
  return [say("row", { team: row.team.length, helpers: row.helpers }), ...row.named.map((named) => JSON.stringify(named)), ...barriers].join("\n");
}

/** One item as text: of a form its story, a scope and a round's row in words, anything else as it is. */
export function asText(text) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    return text; // a message
  }
  if (typeof read?.story === "string") return read.story;
  if (Array.isArray(read?.actions) && Array.isArray(read?.domains)) return scopeText(read);
  if (read?.format === "solferino.org/aid-row@v1") return rowText(read);
  return text;
}
