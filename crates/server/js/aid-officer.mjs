// The desk's page for an officer: opens what was told, on this device, with the officer's own files.

import { officer } from "./aid-keys.mjs";
import { desk, requestOf, sealedItem } from "./aid-desk.mjs";
import { open } from "./aid-seal.mjs";
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

/** A form field by field, the story first; anything else as the text it is. */
function readable(content) {
  const text = new TextDecoder().decode(content);
  let told;
  try {
    told = JSON.parse(text);
  } catch {
    return [element("blockquote", { dir: "auto" }, text)];
  }
  const { story, ...rest } = told;
  const parts = story ? [element("blockquote", { dir: "auto" }, story)] : [];
  return [...parts, element("pre", { dir: "ltr", tabindex: "0" }, JSON.stringify(rest, null, 2))];
}

async function shown(who, request, { commitment, kind }) {
  const name = element("h4", {}, say(`item.${kind}`));
  try {
    const content = await open(await sealedItem(who, request.id, commitment), who.identity, commitment);
    return { node: element("section", { "data-item": commitment }, name, ...readable(content)) };
  } catch (error) {
    return { node: element("section", { "data-item": commitment }, name, element("p", {}, `${say("cannot-open")} ${error.message}`)), error };
  }
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
    const items = [];
    for (const item of request.items) items.push(await shown(who, request, item));
    const title = element("h3", {}, element("code", { dir: "ltr" }, request.id.slice(0, 16)));
    opened.replaceChildren(title, ...items.map(({ node }) => node));
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
