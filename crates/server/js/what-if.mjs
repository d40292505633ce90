// What if: leave something out, change a ratio, and see the band move. The module re-runs the method; this
// draws what it says and writes the changes in the grammar of `solferino replay`.

import { element, say, shape } from "./texts.mjs";

/** Widest ratio a slider offers, in bans (log10 of a likelihood ratio); the grammar allows more. */
const SLIDER_BANS = 3;
/** Width of the drawing of a band, in its own units. */
const BAND_WIDTH = 400;

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });

export class WhatIf {
  #root;
  #ask;
  #busy = false;
  #waiting = null;

  /** `ask` takes the changes to re-run with; its answer comes to `show`. */
  constructor(root, ask) {
    this.#root = root;
    this.#ask = ask;
    root.querySelector("form").addEventListener("input", () => this.#rerun());
    root.querySelector("form").addEventListener("reset", () => setTimeout(() => this.#rerun()));
    root.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  }

  hide() {
    this.#root.hidden = true;
  }

  /** Offers what can be left out and changed in a result. */
  offer({ inputs }) {
    const { strands, items, hypotheses } = inputs;
    const out = this.#root.querySelector("#what-if-out");
    const set = this.#root.querySelector("#what-if-set");
    out.replaceChildren(
      group(say("strands"), strands.map(({ id }) => tick(`strand.${id}`))),
      group(say("items"), items.map(({ id, strand }) => tick(`item.${id}`, strand))),
    );
    const delta = slider("delta", say("delta"), 0, 0.5, 0.01, hypotheses.delta_ppm / 1e6);
    const names = new Map(hypotheses.actors.map(({ id, state }) => [id, state ? `${id} (${state})` : id]));
    set.replaceChildren(delta, ...items.map((item) => ofItem(item, names)));
    this.#root.hidden = false;
    this.#rerun();
  }

  /** The changes as they stand, what is left out first: the order of the command. */
  changes() {
    const form = this.#root.querySelector("form");
    const ticked = [...form.querySelectorAll("input[type=checkbox]:checked")];
    const gone = new Set(ticked.map((input) => input.name));
    const moved = [...form.querySelectorAll("input[type=range]")].filter((input) => input.value !== input.dataset.given);
    const left = moved.filter(({ dataset }) => !gone.has(dataset.item) && !gone.has(dataset.strand));
    const kept = ticked.filter(({ dataset }) => !gone.has(dataset.strand));
    return [...kept.map((input) => input.name), ...left.map((input) => `${input.name}=${input.value}`)];
  }

  /** One re-run at a time; of what was asked for meanwhile only the last. */
  #rerun() {
    const changes = this.changes();
    for (const range of this.#root.querySelectorAll("input[type=range]")) {
      range.parentElement.querySelector("output").textContent = range.value;
    }
    if (this.#busy) {
      this.#waiting = changes;
      return;
    }
    this.#busy = true;
    this.#root.dataset.state = "working";
    this.#ask(changes);
  }

  show({ changes, answer }) {
    this.#busy = false;
    if (this.#waiting) {
      this.#waiting = null;
      this.#rerun();
      return;
    }
    const result = this.#root.querySelector("#what-if-result");
    const words = this.#root.querySelector("[role=status]");
    this.#root.dataset.state = "ready";
    this.#root.dataset.answer = JSON.stringify(answer);
    this.#root.querySelector("#what-if-command").textContent = command(changes);
    if (answer.problem) {
      words.textContent = answer.problem;
      result.replaceChildren();
      return;
    }
    const { before, after } = answer;
    words.replaceChildren(element("span", { lang: "en", dir: "ltr" }, after.likelihood));
    result.replaceChildren(table(before.evaluation, after.evaluation), ...facts(before, after));
  }
}

function group(legend, rows) {
  return element("fieldset", {}, element("legend", {}, legend), ...rows);
}

function tick(name, strand = null) {
  const of = strand === null ? null : `strand.${strand}`;
  const input = element("input", { type: "checkbox", name, "data-strand": of });
  const label = strand === null ? name.slice("strand.".length) : `${name.slice("item.".length)} (${strand})`;
  return element("label", { class: "tick" }, input, " ", element("bdi", {}, label));
}

function slider(name, label, min, max, step, given, data = {}) {
  const input = element("input", { type: "range", name, min, max, step, value: given, "aria-label": label, ...data });
  // The browser rounds to a step; what it makes of the given value counts as unmoved.
  input.dataset.given = input.value;
  input.setAttribute("value", input.value);
  return element("label", { class: "slider" }, element("bdi", {}, label), input, element("output", {}, input.value));
}

function ofItem(item, names) {
  const data = { "data-item": `item.${item.id}`, "data-strand": `strand.${item.strand}` };
  const phi = slider(`item.${item.id}.phi`, say("phi"), 0, 1, 0.01, item.phi_ppm / 1e6, data);
  const ratios = item.lr.map(({ actor, mban }) => {
    const label = say("ratio", { actor: names.get(actor) ?? actor });
    return slider(`item.${item.id}.lr.${actor}`, label, -SLIDER_BANS, SLIDER_BANS, 0.1, mban[1] / 1000, data);
  });
  return element("details", {}, element("summary", {}, element("bdi", {}, item.id)), phi, ...ratios);
}

/** States, or actors where no state is among them, with both bands. */
function table(before, after) {
  const rows = before.states.flatMap((was) => {
    const is = after.states.find(({ state }) => state === was.state) ?? was;
    const numbers = ({ p, p5, p95 }) => say("band", { p: percent.format(p), low: percent.format(p5), high: percent.format(p95) });
    const name = element("th", { scope: "row", rowspan: 2 }, element("bdi", {}, was.state));
    return [
      element("tr", {}, name, element("td", {}, numbers(was)), element("td", {}, numbers(is))),
      element("tr", { class: "drawing" }, element("td", { colspan: 2 }, drawing(was, is))),
    ];
  });
  const heads = ["state", "published", "changed"].map((key) => element("th", { scope: "col" }, say(key)));
  const caption = element("caption", {}, `${say("bands")}. ${say("drawn")}`);
  return element("table", {}, caption, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
}

function drawing(was, is) {
  const bar = ({ p5, p95 }, y, name) =>
    shape("rect", { class: name, x: p5 * BAND_WIDTH, y, width: Math.max(1, (p95 - p5) * BAND_WIDTH), height: 8 });
  const point = ({ p }, y, name) => shape("rect", { class: name, x: p * BAND_WIDTH - 1.5, y: y - 2, width: 3, height: 12 });
  return shape(
    "svg", { class: "band", viewBox: `0 0 ${BAND_WIDTH} 30`, "aria-hidden": "true", width: BAND_WIDTH, height: 30 },
    shape("line", { class: "axis", x1: 0, x2: BAND_WIDTH, y1: 15, y2: 15 }),
    bar(was, 3, "was"), point(was, 3, "was-point"), bar(is, 19, "is"), point(is, 19, "is-point"),
  );
}

function facts(before, after) {
  const fact = (key, of) => [element("dt", {}, say(key)), element("dd", {}, element("bdi", {}, say("from-to", { from: of(before), to: of(after) })))];
  const planting = ({ evaluation: { planting } }) => planting.cost ?? (planting.result === "more-than" ? `> ${planting.k}` : "–");
  return [
    element(
      "dl", {},
      ...fact("standard", ({ standard }) => standard),
      ...fact("confidence", ({ evaluation }) => evaluation.confidence.level),
      ...fact("planting", planting),
      element("dt", {}, say("result-digest")),
      element("dd", {}, element("code", { dir: "ltr" }, after.result_sha256)),
    ),
  ];
}

/** The command that gives the same. */
function command(changes) {
  const words = changes.map((change) => (change.includes("=") ? `--set ${change}` : `--without ${change}`));
  return ["solferino replay FILE", ...words].join(" ");
}
