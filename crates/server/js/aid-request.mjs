// The page that asks for help: words first, then the form, then one button. Nothing leaves the device before.

import { freshWords, readWords, requester } from "./aid-keys.mjs";
import { ask, desk, offlineFile, prepare } from "./aid-desk.mjs";
import { faults, formOf, isProxy } from "./aid-form.mjs";
import { readersPanel } from "./aid-panel.mjs";
import { element, say } from "./texts.mjs";

const form = document.getElementById("aid-form");
const words = document.getElementById("aid-words");
const outcome = document.getElementById("aid-outcome");
const send = document.getElementById("aid-send");

/** The desk as it was when this page came: sealing needs nothing else, so saving works without a network. */
const arrived = desk().catch(() => null);
/** Whom it is sealed to; throws unless signed statements say so. */
const readers = readersPanel(async () => ((await arrived) ?? (await desk())).origin);
/** Whether what was written is sent or saved. */
let safe = true;

/** Shows one of the three ends of this page, and moves the reader there. */
function tell(kind, ...lines) {
  outcome.className = kind;
  outcome.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.append(line);
    return paragraph;
  }));
  outcome.hidden = false;
  outcome.focus();
}

/** What a field is called on this page: its label, or the legend around it. */
function nameOf(field) {
  const label = form.querySelector(`label[for="${field}"]`) ?? document.getElementById(field).closest("fieldset").querySelector("legend");
  return label.textContent.trim();
}

const plain = document.getElementById("aid-plain");

function shorten() {
  for (const part of document.querySelectorAll(".more")) part.hidden = plain.checked;
}

/** What the desk's own tools would refuse is corrected before it is sealed: afterwards nobody could say what it was. */
function corrected(fields, told) {
  const found = faults(told);
  const proxy = (fields.get("proxy") ?? "").trim();
  if (!isProxy(proxy)) found.push({ field: "proxy", fault: "proxy" });
  for (const part of form.querySelectorAll("[aria-invalid]")) part.removeAttribute("aria-invalid");
  if (found.length === 0) return true;
  for (const { field } of found) if (field) document.getElementById(field).setAttribute("aria-invalid", "true");
  if (form.querySelector(".more [aria-invalid]")) {
    plain.checked = false;
    shorten();
  }
  const sentence = ({ field, fault, ...values }) => {
    const text = say(`fault-${fault}`, { field: field && nameOf(field), ...values });
    return field ? element("a", { href: `#${field}` }, text) : text;
  };
  tell("problem", say("check-first"), ...found.map(sentence));
  return false;
}

/** Whether it goes as it is: nobody rules all help out without knowing it. */
const meant = (told) => told.consent.share_with_helpers || confirm(say("share-sure"));

/** The form as it stands in the fields, if it can be sealed as it is. */
function written() {
  const fields = new FormData(form);
  const told = formOf(fields, document.documentElement.lang);
  return corrected(fields, told) && meant(told) ? { fields, told } : null;
}

/** The request as sealed for the present words. */
async function prepared({ fields, told }) {
  const policy = (await arrived) ?? (await desk());
  const who = await requester(words.textContent, policy.origin);
  const consent = { share_with_helpers: told.consent.share_with_helpers, publish_anonymised: told.consent.publish_anonymised };
  const proxy = (fields.get("proxy") ?? "").trim();
  return { who, policy, ready: await prepare(who, await readers(), told, consent, proxy) };
}

function refused(error) {
  const wait = error.retryAfter ? say("retry", { seconds: error.retryAfter }) : "";
  tell("problem", say("not-sent"), error.message, error.hint ?? "", wait, say("not-lost"));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const filled = written();
  if (!filled) return;
  send.disabled = true;
  tell("working", say("sending"));
  try {
    const { who, ready } = await prepared(filled);
    const answer = await ask(who, ready);
    tell("done", say("sent"), say("sent-id", { id: answer.id }), say("sent-next"));
    outcome.dataset.request = answer.id;
    safe = true;
    form.hidden = true;
  } catch (error) {
    refused(error);
  } finally {
    send.disabled = false;
  }
});

document.getElementById("aid-save").addEventListener("click", async () => {
  if (!form.reportValidity()) return;
  const filled = written();
  if (!filled) return;
  try {
    const { policy, ready } = await prepared(filled);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([offlineFile(policy.origin, ready)], { type: "application/json" }));
    link.download = "request.aid.json";
    link.click();
    URL.revokeObjectURL(link.href);
    safe = true;
    tell("done", say("saved"));
  } catch (error) {
    refused(error);
  }
});

// Whoever follows a link (to another language, say) loses the words and the story: the browser asks first.
form.addEventListener("input", () => {
  safe = false;
});
addEventListener("beforeunload", (event) => {
  if (!safe) event.preventDefault();
});

// The short form leaves everything out that a person in a hurry does not have to say.
plain.addEventListener("change", shorten);

words.textContent = freshWords();
if (!readWords(words.textContent)) throw new Error("the words made here do not read back");
document.getElementById("aid-ask").hidden = false;
