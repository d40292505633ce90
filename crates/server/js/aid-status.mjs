// The page on which whoever asked sees everything, and decides.

import { requester } from "./aid-keys.mjs";
import { openAll, sealAgain, toldBefore } from "./aid-again.mjs";
import { addMessage, desk, namedOf, requestsOf, say as tellDesk } from "./aid-desk.mjs";
import { ownTrust, readersPanel } from "./aid-panel.mjs";
import { contentOf } from "./aid-seal.mjs";
import { scopeOf, SYSTEMS } from "./aid-scope.mjs";
import { asText } from "./aid-told.mjs";
import { element, family, say } from "./texts.mjs";

const form = document.getElementById("aid-enter");
const shown = document.getElementById("aid-requests");
const outcome = document.getElementById("aid-outcome");
const SCOPE_DAYS = 7;

let who = null;
/** Requests of others that were opened here. */
const expected = new Set();

/** What is to be written otherwise, a sentence each. */
class Unclear extends Error {
  constructor(sentences) {
    super(sentences.join(" "));
    this.sentences = sentences;
  }
}

function tell(text, kind = "done") {
  outcome.className = kind;
  outcome.replaceChildren(...[text].flat().map((line) => element("p", {}, line)));
  outcome.hidden = false;
  outcome.focus();
}

const word = (family, value) => say(`${family}.${value}`);
const moment = (text) => element("time", { datetime: text }, text.replace("T", " ").replace("Z", " UTC"));

/** Does something the requester decided, and shows what became of it. */
async function act(request, work, done) {
  try {
    await work();
    await show();
    tell(say(done));
  } catch (error) {
    tell(error.sentences ?? [say("not-done"), error.message, error.hint ?? ""].join(" "), "problem");
  }
}

function button(key, attributes, work) {
  const made = element("button", { type: "button", ...attributes }, say(key));
  made.addEventListener("click", work);
  return made;
}

const step = (request, to, reason) => () => tellDesk(who, "aid.step", { request: request.id, to, reason });

/** What the guard could not read, and what to write. */
function unclear({ field, fault, ...values }) {
  return fault === "no-action" ? say("scope-no-action") : say(`line-${fault}`, { field: say(`scope-${field}`), ...values });
}

/** A scope for the team, sealed like everything else that is told; the guard reads exactly what is signed here. */
async function signScope(request, fields) {
  const { now } = await desk();
  const from = Math.floor(Date.parse(now) / 1000);
  const until = from + SCOPE_DAYS * 86_400;
  const { RULES } = await import("./aid-suffixes.mjs");
  const { scope: said, faults } = scopeOf(fields, from, until, RULES);
  if (faults.length > 0) throw new Unclear([say("line-first"), ...faults.map(unclear)]);
  const text = JSON.stringify(said);
  // What is signed is the text as sealed here, never what the server says came last.
  const scope = await addMessage(who, request, text, await ownTrust(), "scope");
  const { items } = (await requestsOf(who)).find((r) => r.id === request.id);
  if (!items.some((item) => item.commitment === scope)) throw new Error(say("scope-later"));
  const ends = new Date(until * 1000).toISOString().replace(/\.\d+Z$/u, "Z");
  await tellDesk(who, "aid.scope", { request: request.id, scope, until: ends });
}

/** What whoever asked can say, by its reason: the words of the button, and of what became of it. */
const SAYS = [
  ["team-taken", "take-team", "took-team"],
  ["confirmed", "confirm", "confirmed"],
  ["not-resolved", "not-resolved", "said-not-resolved"],
  ["other-team", "other-team", "asked-other-team"],
  ["asked-again", "ask-again", "asked-again"],
  ["resumed", "go-on", "went-on"],
  ["requester-asked", "pause", "paused", "pause-sure"],
  ["taken-back", "withdraw", "withdrawn", "withdraw-sure"],
];

/** What can be done now, as buttons; the server says what that is. */
function choices(request) {
  const made = [];
  for (const [reason, key, done, question] of SAYS) {
    const to = request.possible.find(({ reasons }) => reasons.includes(reason))?.to;
    if (!to) continue;
    const work = () => {
      if (!question || confirm(say(question))) act(request, step(request, to, reason), done);
    };
    made.push(button(key, { "data-to": to, "data-reason": reason, class: reason === "taken-back" ? "grave" : false }, work));
  }
  return made;
}

function scopeForm(request) {
  const fields = SYSTEMS.map((name) => {
    const id = `${name}-${request.id}`;
    const field = element("textarea", { name, id, rows: "2", dir: "ltr", spellcheck: "false" });
    return element("p", {}, element("label", { for: id }, say(`scope-${name}`)), element("br"), field);
  });
  const actions = family("action").map((value) =>
    element("label", {}, element("input", { type: "checkbox", name: "action", value }), " ", word("action", value)));
  const made = element("form", { class: "aid scope" }, element("h3", {}, say("scope")), element("p", {}, say("scope-note")), ...fields,
    element("fieldset", {}, element("legend", {}, say("scope-actions")), ...actions), element("button", {}, say("sign-scope")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    act(request, () => signScope(request, new FormData(made)), "scope-signed");
  });
  return made;
}

/** What is allowed, and a button to change it. */
function consents(request) {
  const row = (purpose, allowed) => {
    const work = () => act(request, () => tellDesk(who, "aid.consent", { request: request.id, purpose, granted: !allowed }), "consent-said");
    const [now, change] = allowed ? ["allowed", "take-back"] : ["not-allowed", "allow"];
    return element("p", { "data-consent": purpose, "data-allowed": String(allowed) },
      say(purpose), " ", element("strong", {}, say(now)), " ", button(change, {}, work));
  };
  return element("section", { class: "consents" }, element("h3", {}, say("consents")),
    row("share-with-helpers", request.share_with_helpers), row("publish-anonymised", request.publish_anonymised),
    element("p", { class: "hint" }, say("consents-note")));
}

/** Who was offered or helps, and until when they may act. */
function team(request) {
  const helpers = request.team.map((id) => element("li", {}, element("code", { dir: "ltr" }, id)));
  const made = element("section", { class: "team" }, element("h3", {}, say("team")), element("ul", {}, ...helpers), element("p", {}, say("team-why")));
  if (request.scope_until) {
    made.append(element("p", { "data-scope": request.scope }, say("scope-until"), " ", moment(request.scope_until), " ",
      element("code", { dir: "ltr" }, request.scope)));
  }
  return made;
}

/** Everything that is left once what was told is destroyed; said before and after. */
function remains(request) {
  const kept = request.remains.map(({ trace, count }) => element("li", { "data-trace": trace }, `${word("trace", trace)}: ${count}`));
  return element("section", { class: "remains" }, element("h3", {}, say(request.purged ? "remains" : "remains-then")), element("ul", {}, ...kept));
}

function messageForm(request) {
  const field = element("textarea", { name: "message", rows: "3", required: true, id: `message-${request.id}` });
  const made = element("form", { class: "message" }, element("label", { for: field.id }, say("message")), field,
    element("button", {}, say("add-message")));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    act(request, async () => addMessage(who, request, field.value, await ownTrust()), "message-added");
  });
  return made;
}

function clock(name, due) {
  const parts = [say(name), " "];
  if (due.met) parts.push(say("met"), " ", moment(due.met));
  else if (due.due) parts.push(say(due.late ? "late-since" : "due"), " ", moment(due.due));
  else parts.push(say("no-class"));
  return element("li", { class: due.late ? "late" : "" }, ...parts);
}

/** One item as it can be read. */
function readable({ plaintext, again, error }) {
  if (again) return say("again");
  return error ? `${say("not-readable")} ${error.message}` : asText(new TextDecoder().decode(contentOf(plaintext)));
}

/** What was told, opened here with the words; what is destroyed is said to be. */
async function told(request) {
  const opened = request.purged ? [] : await openAll(who, request);
  const rows = request.items.map((item, n) => {
    const text = request.purged ? say("destroyed") : readable(opened[n]);
    const by = element("p", { class: "meta" }, word("item", item.kind), " · ", word("role", item.role), " · ", moment(item.told));
    return element("li", { "data-by": item.role }, by, element("blockquote", { dir: "auto" }, text), element("code", { dir: "ltr" }, item.commitment));
  });
  const all = element("ul", { class: "told" }, ...rows);
  // What no officer in office can open waits for nobody, until whoever asked seals it again.
  if (request.purged || toldBefore(opened, (await desk()).readable_since).length === 0) return [all];
  const again = () => act(request, () => ownTrust().then((trust) => sealAgain(who, request, trust)), "resealed");
  return [element("div", { class: "problem", "data-stale": request.id }, element("p", {}, say("stale")), button("reseal", {}, again)), all];
}

async function card(request) {
  const steps = request.steps.map((s) =>
    element("tr", {}, element("td", {}, moment(s.time)), element("td", {}, word("stage", s.to)), element("td", {}, word("reason", s.reason)), element("td", {}, word("role", s.role))));
  const heads = ["when", "to", "why", "who"].map((key) => element("th", { scope: "col" }, say(key)));
  const made = element("section", { class: "request", "data-request": request.id, "data-stage": request.stage },
    element("h2", {}, word("stage", request.stage)),
    element("p", {}, say("asked-at"), " ", moment(request.received)),
    element("ul", {}, clock("acknowledgement", request.acknowledgement), clock("assistance", request.first_assistance)),
    element("div", { class: "choices" }, ...choices(request)));
  if (request.team.length > 0) made.append(team(request));
  // Before the team is taken a scope would be sealed to nobody of it.
  if (["agreed", "in-progress", "resolved"].includes(request.stage)) made.append(scopeForm(request));
  if (!request.purged) made.append(consents(request), messageForm(request));
  made.append(element("h3", {}, say("told")), ...(await told(request)), remains(request));
  made.append(element("table", {}, element("caption", {}, say("steps")), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...steps)));
  return made;
}

/** A request that somebody else asked: nothing of it is opened by itself. */
async function foreign(request) {
  if (expected.has(request.id)) return card(request);
  const made = element("section", { "data-foreign": request.id }, element("p", {}, say("asked-at"), " ", moment(request.received)));
  made.append(button("foreign-open", {}, async () => {
    expected.add(request.id);
    made.replaceWith(await card(request));
  }));
  return made;
}

async function foreigners(requests) {
  const rows = [];
  for (const request of requests) rows.push(await foreign(request));
  const open = requests.some(({ id }) => expected.has(id));
  return element("details", { class: "foreign", open }, element("summary", {}, say("foreign-title")), element("p", {}, say("foreign-note")), ...rows);
}

async function show() {
  const [requests, named] = [(await requestsOf(who)).reverse(), (await namedOf(who)).reverse()];
  // The key of a proxy is anybody's to name, so such a request is no word of the desk.
  const [own, others] = [requests.filter(({ key }) => key === who.key), [...requests.filter(({ key }) => key !== who.key), ...named]];
  const cards = [];
  for (const request of own) cards.push(await card(request));
  if (others.length > 0) cards.push(await foreigners(others));
  shown.replaceChildren(...cards);
  if (own.length + others.length === 0) tell(say("none"), "problem");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    expected.clear();
    who = await requester(new FormData(form).get("words"), (await desk()).origin);
    if (!who) return tell(say("wrong-words"), "problem");
    form.reset(); // the words do not stay readable on a screen that others may see
    outcome.hidden = true;
    await show();
  } catch (error) {
    tell(`${say("not-done")} ${error.message}`, "problem");
  }
});

readersPanel(async () => (await desk()).origin);
document.getElementById("aid-enter-part").hidden = false;
