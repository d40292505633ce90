// What a speaker has to see before speaking: a report, the matrix of the analysis, a proposal, a masked case; and what
// went wrong, in the reader's words.

import { Refused, Unreached } from "./desk-server.mjs";
import { element, has, say } from "./texts.mjs";

const english = (text) => element("p", { lang: "en", dir: "ltr" }, text);
const exact = (value) => element("pre", { dir: "ltr", tabindex: 0 }, element("code", {}, JSON.stringify(value, null, 1)));
const item = (...children) => element("li", {}, ...children);

export function shown(of) {
  if (!of) return [];
  const parts = [];
  if (of.report) parts.push(exact(of.report));
  if (of.complaint) parts.push(exact(of.complaint));
  if (of.text) parts.push(element("details", {}, element("summary", {}, say("charter-text")), exact(of.text)));
  if (of.outcomes) parts.push(element("p", {}, say("closes", { moment: of.closes })));
  if (of.opens) parts.push(element("p", {}, say("opens", { type: say(`t-${of.opens}`) })));
  if (of.awaits_packet && !of.inputs) parts.push(element("p", {}, say("awaits-packet")));
  if (of.blind) parts.push(element("p", {}, say("blind-lead")), ...blindRound({ case: of.inputs, texts: of.texts }));
  else if (of.inputs) parts.push(matrix(of.inputs));
  if (of.figures) parts.push(english(of.figures.likelihood), english(of.figures.confidence));
  if (of.proposal) parts.push(element("details", {}, element("summary", {}, say("proposal")), exact(of.proposal)));
  return parts;
}

/** A masked case as its panel reads it. */
export function blindRound({ case: masked, texts }) {
  const all = Object.entries(texts).map(([token, text]) =>
    element("details", {}, element("summary", {}, say("masked-text", { token: token.slice(0, 16) })), element("pre", { dir: "auto", tabindex: 0 }, text)));
  return [matrix(masked), ...all, element("details", {}, element("summary", {}, say("masked-case")), exact(masked))];
}

/** What a person looks through before a masked case is handed out: it names what was masked. */
export function reported(report) {
  const look = ({ line, word, why }) => item(say("look-line", { line }), " ", element("bdi", {}, word), ` (${say(`look-${why}`)})`);
  const of = ({ exhibit, left_out: leftOut, replaced, look: words }) => {
    const short = element("code", { dir: "ltr" }, exhibit.slice(0, 16));
    if (leftOut) return item(short, " ", say("left-out"), " ", element("span", { lang: "en", dir: "ltr" }, leftOut));
    const times = replaced.reduce((sum, [, n]) => sum + n, 0);
    return item(short, " ", say("replaced", { times }), element("ul", {}, ...words.map(look)));
  };
  return [element("h3", {}, say("look-through")), element("p", {}, say("look-lead")), element("ul", { id: "look" }, ...report.map(of))];
}

/** Hypotheses by items, middle ratios in bans. */
function matrix({ hypotheses: { actors }, items }) {
  const head = (text) => element("th", { scope: "col" }, text);
  const name = ({ id, state }) => (state ? `${id} (${state})` : id);
  const cell = (row, { id }) => row.lr.find(({ actor }) => actor === id)?.mban[1] ?? 0;
  const rows = items.map((row) =>
    element(
      "tr", {},
      element("th", { scope: "row" }, element("bdi", {}, row.id)),
      element("td", {}, element("bdi", {}, row.strand)),
      ...actors.map((actor) => element("td", {}, (cell(row, actor) / 1000).toFixed(1))),
    ));
  const heads = [head(say("items")), head(say("strand")), ...actors.map((actor) => head(element("bdi", {}, name(actor))))];
  const table = element("table", {}, element("caption", {}, say("matrix")), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { class: "wide", role: "region", "aria-label": say("matrix"), tabindex: 0 }, table);
}

/** A line of a list: what, and which. */
export const listed = (what, which) => element("bdi", {}, `${what} · ${which}`);

/** A refusal or another failure in one line. */
export const refusal = (error) => (error instanceof Refused ? `${error.code}: ${hint(error)}` : error.message);

const hint = ({ code, hint: english }) => (has(`r-${code}`) ? say(`r-${code}`) : english ?? "");

/** What went wrong and what to do next, in the reader's words; the log's own words beside it. */
export function failed(error) {
  if (error instanceof Unreached) return [error.message === say("unreached-signed") ? error.message : say("unreached")];
  if (!(error instanceof Refused)) return [say("problem", { text: error.message })];
  const detail = element("span", { class: "detail", lang: "en", dir: "ltr" }, error.detail);
  return [say("refused"), " ", element("code", { dir: "ltr", id: "refusal" }, error.code), " ", element("span", { id: "hint" }, hint(error)), detail];
}
