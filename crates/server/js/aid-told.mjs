// What is told in a request, as text that can be read.

import { say } from "./texts.mjs";

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

/** Why a helper helps with a part of it, or not. */
function why(answer) {
  if (answer.answer === "helps") return say(answer.before ? "helps.before" : "helps.now");
  if (answer.answer === "could-not") return answer.barriers.map((barrier) => say(`barrier.${barrier}`)).join("; ");
  return answer.answer === "no-team" ? say(`unserved.${answer.why}`) : say(`worse.${answer.what}`);
}

/** Who was considered in a round, and why these and not those, in sentences. */
function rowText(row) {
  const named = row.named.flatMap(({ helper, slots }) =>
    [say("row-helper", { helper }), ...slots.map((slot) => `– ${say(`skill.${slot.skill}`)}: ${why(slot.why)}`)]);
  const barriers = Object.entries(row.barriers).map(([barrier, count]) => `– ${say(`barrier.${barrier}`)}: ${count}`);
  return [
    say("row", { team: new Set(row.team.map(({ helper }) => helper)).size, helpers: row.helpers }),
    ...(row.why_none ? [say(`unserved.${row.why_none}`)] : []),
    ...named,
    ...(row.not_named > 0 ? [say("row-more", { count: row.not_named })] : []),
    ...(barriers.length > 0 ? [say("row-barriers"), ...barriers] : []),
  ].join("\n");
}

/** What a text says as JSON; nothing for any other text, and none that only looks like a number or a word of JSON. */
function read(text) {
  try {
    const told = JSON.parse(text);
    return typeof told === "object" && !Array.isArray(told) ? told : null;
  } catch {
    return null;
  }
}

/** The form of a request, story and other fields apart; `null` for every other item, whatever its text looks like. */
export function formIn(kind, text) {
  const told = kind === "request" ? read(text) : null;
  if (typeof told?.story !== "string") return null;
  const { story, ...rest } = told;
  return { story, rest };
}

/** One item as text: of a form its story, a scope and a round's row in words, anything else as it is. */
export function asText(text) {
  const told = read(text);
  try {
    if (typeof told?.story === "string") return told.story;
    if (Array.isArray(told?.actions) && Array.isArray(told?.domains)) return scopeText(told);
    if (told?.format === "solferino.org/aid-row@v1") return rowText(told);
  } catch {
    return text; // it looked like one, and is none
  }
  return text;
}
