// What a speaker has to see before speaking: a report, the matrix of the analysis, a proposal.

import { element, say } from "./texts.mjs";

const english = (text) => element("p", { lang: "en", dir: "ltr" }, text);
const exact = (value) => element("pre", { dir: "ltr", tabindex: 0 }, element("code", {}, JSON.stringify(value, null, 1)));

export function shown(of) {
  if (!of) return [];
  const parts = [];
  if (of.report) parts.push(exact(of.report));
  if (of.opens) parts.push(element("p", {}, say("opens", { type: say(`t-${of.opens}`) })));
  if (of.inputs) parts.push(matrix(of.inputs));
  if (of.figures) parts.push(english(of.figures.likelihood), english(of.figures.confidence));
  if (of.proposal) parts.push(element("details", {}, element("summary", {}, say("proposal")), exact(of.proposal)));
  return parts;
}

/** Hypotheses by items, middle ratios in bans. */
function matrix({ hypotheses: { actors }, items }) {
  const head = (text) => element("th", { scope: "col" }, text);
  const name = ({ id, state }) => (state ? `${id} (${state})` : id);
  const cell = (item, { id }) => item.lr.find(({ actor }) => actor === id)?.mban[1] ?? 0;
  const rows = items.map((item) =>
    element(
      "tr", {},
      element("th", { scope: "row" }, element("bdi", {}, item.id)),
      element("td", {}, element("bdi", {}, item.strand)),
      ...actors.map((actor) => element("td", {}, (cell(item, actor) / 1000).toFixed(1))),
    ));
  const heads = [head(say("items")), head(say("strand")), ...actors.map((actor) => head(element("bdi", {}, name(actor))))];
  const table = element("table", {}, element("caption", {}, say("matrix")), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { class: "wide", role: "region", "aria-label": say("matrix"), tabindex: 0 }, table);
}
