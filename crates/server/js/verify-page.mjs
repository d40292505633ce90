// The panel that verifies a bundle in the browser: on the page of a finding, and on /verify for any file.

import { element, has, say } from "./texts.mjs";
import { WhatIf } from "./what-if.mjs";

const panel = document.getElementById("verifier");
const form = panel.querySelector("form");
const status = panel.querySelector("[role=status]");
const table = panel.querySelector("table");
const rows = table.tBodies[0];
const { module: address, digest, bundle: bundleAt, trust: trustAt, finding: wanted } = panel.dataset;
const subject = panel.querySelector(".subject");

/** The checks of the module, in order; those of the second implementation are found in their place. */
const CHECKS = [
  "digest", "form", "statements", "charter", "checkpoint", "trust", "witnesses", "inclusion", "signatures",
  "seals", "rules", "finding", "exhibits", "replay",
];
/** On a finding's page, the last one: the bundle is that finding's and no other's. */
const SUBJECT = "subject";

/** Bytes of a bundle that is read, as docs/format.md says. */
const MAX_BUNDLE_BYTES = 256 * 2 ** 20;

const worker = new Worker(new URL("./verify-worker.mjs", import.meta.url), { type: "module" });
const whatIf = new WhatIf(document.getElementById("what-if"), (changes) => worker.postMessage({ ask: "rerun", changes }));
const verdicts = new Map();
/** Whether the reader brought the trust file; one that this server gives says nothing of whose log it is. */
let pinned = false;

panel.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  begin().catch((error) => trouble(error.message));
});
worker.addEventListener("message", ({ data }) => {
  ({ check: checked, verdict: judged, rerun: (rerun) => whatIf.show(rerun), problem: ({ text }) => trouble(text) })[data.is](data);
});
worker.addEventListener("error", (event) => trouble(event.message ?? say("no-worker")));
keepForOffline();

async function begin() {
  panel.removeAttribute("data-verdict");
  status.textContent = say("working");
  const [bundle, trust] = await Promise.all([chosen("bundle", bundleAt), chosen("trust", trustAt)]);
  if (bundle === null) return trouble(say("choose"));
  if (bundle.byteLength > MAX_BUNDLE_BYTES) return trouble(say("too-large"));
  verdicts.clear();
  whatIf.hide();
  pinned = Boolean(form.elements.trust?.files?.[0]);
  subject.replaceChildren();
  rows.replaceChildren(...[...CHECKS, ...(wanted ? [SUBJECT] : [])].map(emptyRow));
  table.hidden = false;
  const text = trust === null ? null : new TextDecoder().decode(trust);
  worker.postMessage({ ask: "open", module: { address, digest }, bundle, trust: text }, [bundle]);
  if (bundleAt) keepForOffline([location.href, bundleAt, trustAt]);
}

/** The bytes of a chosen file or, on a finding's page, of what the server gives; `null` for none. */
async function chosen(name, at) {
  const file = form.elements[name]?.files?.[0];
  if (file) return file.arrayBuffer();
  if (!at) return null;
  const answer = await fetch(at);
  if (!answer.ok) throw new Error(`${at}: ${answer.status}`);
  return answer.arrayBuffer();
}

function emptyRow(name) {
  const key = name === "trust" && trustAt && !pinned ? "check-trust-own" : `check-${name}`;
  const label = has(key) ? say(key) : name;
  return element(
    "tr", { "data-check": name },
    element("th", { scope: "row" }, label, " ", element("code", { dir: "ltr" }, name)),
    element("td", { "data-by": "module" }, name === "seals" ? say("none-here") : "…"),
    element("td", { "data-by": "second" }, "…"),
  );
}

function checked({ by, check }) {
  const cell = rows.querySelector(`tr[data-check="${CSS.escape(check.name)}"] td[data-by="${by}"]`);
  if (!cell) return;
  cell.dataset.outcome = check.outcome;
  cell.replaceChildren(
    element("strong", {}, say(check.outcome)),
    element("span", { lang: "en", dir: "ltr", class: "detail" }, check.detail),
  );
}

function judged({ by, answer }) {
  if (wanted && answer.subject) judgeSubject(by, answer);
  verdicts.set(by, answer);
  for (const cell of rows.querySelectorAll(`td[data-by="${by}"]`)) {
    if (!cell.dataset.outcome && cell.textContent === "…") cell.textContent = say("not-reached");
  }
  if (verdicts.size < 2) return;
  const [module, second] = [verdicts.get("module"), verdicts.get("second")];
  if (module.problem) return trouble(module.problem);
  // Two that disagree are a failure, whichever is right. What the second cannot check in part, the module checks whole.
  const agree = second.verdict === module.verdict || (second.verdict === "verified-in-part" && module.verdict === "verified");
  const agreed = agree ? module.verdict : disagreement(module, second);
  const verdict = agreed === "verified" && !pinned ? "self-consistent" : agreed;
  const failed = [module, second].flatMap(({ checks }) => checks.filter((check) => check.outcome === "failed"));
  const names = [...new Set(failed.map((check) => check.name))].join(", ");
  panel.dataset.verdict = verdict;
  panel.dataset.failed = names;
  const words = verdict === "self-consistent" && trustAt ? "verdict-own-trust" : `verdict-${verdict}`;
  status.textContent = say(words, { checks: names, time: module.as_of_time, size: module.as_of_size });
  if (verdict !== "failed" && verdict !== "differ") showSubject(module);
  if (verdict !== "failed" && module.result) whatIf.offer(JSON.parse(module.result));
}

/** Holds where the bundle is that of this page's finding; else the whole verdict fails. */
function judgeSubject(by, answer) {
  const found = answer.subject.finding;
  const outcome = found === wanted ? "held" : "failed";
  const check = { name: SUBJECT, outcome, detail: found === wanted ? found : `${found} is not ${wanted}` };
  answer.checks.push(check);
  if (outcome === "failed") answer.verdict = "failed";
  checked({ by, check });
}

/** What it is that was verified, in the reader's words. */
function showSubject({ subject: found, demonstration }) {
  const row = (key, value) => [element("dt", {}, say(key)), element("dd", {}, element("bdi", {}, value))];
  const outcome = say(`outcome-${found.outcome}`);
  const rows = [["subject-record", found.record], ["subject-case", found.case], ["subject-finding", found.finding], ["subject-outcome", outcome]];
  subject.replaceChildren(...(demonstration ? [element("p", { class: "note" }, say("subject-demonstration"))] : []));
  subject.append(element("dl", { class: "facts" }, ...rows.flatMap(([key, value]) => row(key, value))));
}

/** The checks that read signature lines, of which the second cannot read each. */
const OF_LINES = ["checkpoint", "trust", "witnesses"];

/** What only the module looks at, only the module can find; anything else found by one alone is a disagreement. */
function disagreement(module, second) {
  const alone = module.checks.find((check) => check.outcome === "failed");
  const theirs = second.checks.find((check) => check.name === alone?.name);
  const unread = second.checks.some(({ name, outcome }) => OF_LINES.includes(name) && outcome === "not-checked");
  const its = theirs?.outcome !== "held" || alone?.name === "replay" || (unread && OF_LINES.includes(alone?.name));
  return alone && its ? "failed" : "differ";
}

function trouble(text) {
  panel.dataset.verdict = "problem";
  status.textContent = say("problem", { text });
}

/** From then on the page and what it needs are there without a network. */
async function keepForOffline(addresses = null) {
  if (!("serviceWorker" in navigator) || (bundleAt && addresses === null)) return;
  const absolute = (addresses ?? [location.href]).map((at) => new URL(at, location.href).href);
  await navigator.serviceWorker.register("/service-worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const answered = new MessageChannel();
  answered.port1.onmessage = ({ data }) => {
    panel.dataset.offline = data.kept ? "ready" : "no";
    panel.querySelector(".offline").textContent = say(data.kept ? "offline-ready" : "offline-not");
  };
  active.postMessage({ keep: [...absolute, address] }, [answered.port2]);
}
