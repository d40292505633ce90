// The part of a page that says who will be able to open what is told, and by whose word.

import { sealedTo, shownBy } from "./aid-desk.mjs";
import { element, say } from "./texts.mjs";

const panel = document.getElementById("aid-readers");
const field = document.getElementById("aid-trust");

/** The trust file that the reader chose; `null` for none. */
export async function ownTrust() {
  const file = field.files[0];
  return file ? file.text() : null;
}

/** By whose word, as sentences. */
function grounds({ cosigned, part, pinned, checked }) {
  if (!checked) return [say("readers-unchecked")];
  const said = [say(pinned ? "readers-pinned" : "readers-own")];
  if (part) said.push(say("readers-part"));
  said.push(cosigned === null ? say("readers-no-witness") : say("readers-as-of", { time: new Date(cosigned * 1000).toISOString().slice(0, 16).replace("T", " ") }));
  return [...said, say("readers-later")];
}

function show(shown) {
  const keys = shown.readers.map(({ role, digest }) => element("li", {}, element("code", { dir: "ltr" }, digest), ` (${say(`role.${role}`)})`));
  panel.dataset.by = shown.checked ? (shown.pinned ? "pinned" : "own") : "unchecked";
  panel.replaceChildren(element("ul", {}, ...keys), ...grounds(shown).map((text) => element("p", {}, text)));
}

function refused(error) {
  panel.dataset.by = "refused";
  panel.replaceChildren(element("p", { class: "problem" }, element("strong", {}, say("readers-refused")), " ", element("span", { lang: "en", dir: "ltr" }, error.message)));
}

/**
 * Shows who reads, now and whenever another trust file is chosen; gives what does it again and hands over whom to seal to. Then it asks
 * anew, since officers may have changed while somebody wrote; what came last serves where there is no network.
 * @param {() => Promise<string>} origin of the record
 */
export function readersPanel(origin) {
  let kept = null;
  const evidence = async () => {
    try {
      kept = await shownBy();
    } catch (error) {
      if (!kept) throw error;
    }
    return kept;
  };
  const look = async () => {
    try {
      const readers = await sealedTo(await evidence(), await origin(), await ownTrust());
      show(readers);
      return readers;
    } catch (error) {
      refused(error);
      throw error;
    }
  };
  const quietly = () => look().catch(() => null);
  field.addEventListener("change", quietly);
  quietly();
  return look;
}
