// The desk's page for an officer: opens what was told, on this device, with the officer's own files.

import { officer } from "./aid-keys.mjs";
import { desk, requestOf } from "./aid-desk.mjs";
import { openAll } from "./aid-again.mjs";
import { contentOf } from "./aid-seal.mjs";
import { formIn } from "./aid-told.mjs";
import { element, say } from "./texts.mjs";

const form = document.getElementById("aid-open");
const outcome = document.getElementById("aid-outcome");
const opened = document.getElementById("aid-opened");
const button = form.querySelector("button");

function tell(text, kind) {
  outcome.className = kind;
  outcome.textContent = text;
  outcome.hidden = false;
  outcome.focus();
}

/** A form field by field, the story first; anything else as the text it is: what a victim writes is never taken for fields. */
function readable(kind, content) {
  const text = new TextDecoder().decode(content);
  const form = formIn(kind, text);
  if (!form) return [element("blockquote", { dir: "auto" }, text)];
  return [element("blockquote", { dir: "auto" }, form.story), element("pre", { dir: "ltr", tabindex: "0" }, JSON.stringify(form.rest, null, 2))];
}

function shown({ commitment, kind, plaintext, again, error }) {
  const name = element("h4", {}, say(`item.${kind}`));
  const parts = error ? [element("p", {}, `${say("cannot-open")} ${error.message}`)] : readable(kind, contentOf(plaintext));
  return element("section", { "data-item": commitment }, name, ...(again ? [element("p", {}, say("again"))] : parts));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  opened.replaceChildren();
  tell(say("opening"), "working");
  try {
    const [keyFile, identityFile] = ["officer-key", "officer-identity"].map((id) => document.getElementById(id).files[0]);
    const { origin } = await desk();
    const who = await officer(await keyFile.text(), await identityFile.text(), origin);
    if (!who) {
      tell(say("wrong-files"), "problem");
      return;
    }
    const request = await requestOf(document.getElementById("aid-which").value);
    const items = await openAll(who, request);
    const title = element("h3", {}, element("code", { dir: "ltr" }, request.id.slice(0, 16)));
    opened.replaceChildren(title, ...items.map(shown));
    // One that cannot be opened (it may be sealed to officers of before) hides none that can.
    const unopened = items.every(({ error }) => error) ? items[0]?.error : null;
    if (unopened) throw unopened;
    tell(say("opened"), "done");
  } catch (error) {
    tell([say("cannot-open"), error.message, error.hint ?? ""].join(" "), "problem");
  } finally {
    button.disabled = false;
  }
});

document.getElementById("aid-officer").hidden = false;
