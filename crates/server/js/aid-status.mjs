// The page on which whoever asked sees everything, and decides.

import { requester } from "./aid-keys.mjs";
import { addMessage, desk, requestsOf, say as tellDesk, sealedItem } from "./aid-desk.mjs";
import { ownTrust, readersPanel } from "./aid-panel.mjs";
import { open } from "./aid-seal.mjs";
import { asText, scopeOf } from "./aid-told.mjs";
import { element, family, say } from "./texts.mjs";

const form = document.getElementById("aid-enter");
const shown = document.getElementById("aid-requests");
const outcome = document.getElementById("aid-outcome");
const SCOPE_DAYS = 7;

let who = null;

function tell(text, kind = "done") {
  outcome.className = kind;
  outcome.textContent = text;
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
    tell([say("not-done"), error.message, error.hint ?? ""].join(" "), "problem");
  }
}

function button(key, attributes, work) {
  const made = element("button", { type: "button", ...attributes }, say(key));
  made.addEventListener("click", work);
  return made;
}

const step = (request, to, reason) => () => tellDesk(who, "aid.step", { request: request.id, to, reason });

/** A scope for the team, sealed like everything else that is told; the guard reads exactly what is signed here. */
async function signScope(request, fields) {
  const { now } = await desk();
  const from = Math.floor(Date.parse(now) / 1000);
  const until = from + SCOPE_DAYS * 86_400;
  const text = JSON.stringify(scopeOf(fields, from, until));
  // What is signed is the text as sealed here, never what the server says came last.
  const scope = await addMessage(who, request, text, await ownTrust());
  const { items } = (await requestsOf(who)).find((r) => r.id === request.id);
  if (!items.some((item) => item.commitment === scope)) throw new Error(say("scope-later"));
  const ends = new Date(until * 1000).toISOString().replace(/\.\d+Z$/u, "Z");
  await tellDesk(who, "aid.scope", { request: request.id, scope, until: ends });
}

/** What can be done now, as buttons; the server says what that is. */
function choices(request) {
  const can = (to) => request.possible.some((p) => p.to === to);
  const made = [];
  const add = (to, key, reason, done) => {
    if (can(to)) made.push(button(key, { "data-to": to }, () => act(request, step(request, to, reason), done)));
  };
  add("agreed", "take-team", "team-taken", "took-team");
  add("confirmed-by-requester", "confirm", "confirmed", "confirmed");
  if (request.stage === "resolved") add("in-progress", "not-resolved", "not-resolved", "said-not-resolved");
  if (request.stage === "offered") add("matching", "other-team", "other-team", "asked-other-team");
  if (["declined", "referred"].includes(request.stage)) add("vetting", "ask-again", "asked-again", "asked-again");
  if (can("withdrawn")) {
    made.push(button("withdraw", { "data-to": "withdrawn", class: "grave" }, () => {
      if (confirm(say("withdraw-sure"))) act(request, step(request, "withdrawn", "taken-back"), "withdrawn");
    }));
  }
  return made;
}

/** Kinds of systems that a scope names, each in a field of its own, one system per line. */
const SYSTEMS = ["domains", "networks", "accounts", "hosts"];

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
async function openedText(request, { commitment }) {
  try {
    return asText(new TextDecoder().decode(await open(await sealedItem(who, request.id, commitment), who.identity, commitment)));
  } catch (error) {
    return `${say("not-readable")} ${error.message}`;
  }
}

/** What was told, opened here with the words; what is destroyed is said to be. */
async function told(request) {
  const rows = [];
  for (const item of request.items) {
    const text = request.purged ? say("destroyed") : await openedText(request, item);
    const by = element("p", { class: "meta" }, word("item", item.kind), " · ", word("role", item.role), " · ", moment(item.told));
    rows.push(element("li", { "data-by": item.role }, by, element("blockquote", { dir: "auto" }, text), element("code", { dir: "ltr" }, item.commitment)));
  }
  return element("ul", { class: "told" }, ...rows);
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
  made.append(element("h3", {}, say("told")), await told(request), remains(request));
  made.append(element("table", {}, element("caption", {}, say("steps")), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...steps)));
  return made;
}

async function show() {
  const requests = await requestsOf(who);
  const cards = [];
  for (const request of requests.toReversed()) cards.push(await card(request));
  shown.replaceChildren(...cards);
  if (requests.length === 0) tell(say("none"), "problem");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
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
