// Officers come and go: what was told to those before is sealed again to those of today, as the same item under the same commitment, so
// that nobody has to believe whoever sealed it again (docs/aid-statements.md, section 3; `solferino aid reseal`).

import { addMessage, desk, sealedItem } from "./aid-desk.mjs";
import { commitmentOf, contentOf, openWhole } from "./aid-seal.mjs";
import { decode64, encode64 } from "./verify-bytes.mjs";

const FORMAT = "solferino.org/aid-again@v1";

/** Salt and content of the item that a message seals again; `null` of any other message. */
export function againIn(content) {
  try {
    const told = JSON.parse(new TextDecoder().decode(content));
    return told?.format === FORMAT && typeof told.plaintext === "string" ? decode64(told.plaintext) : null;
  } catch {
    return null;
  }
}

/**
 * Every item of a request, opened as far as it can be: each with its `plaintext`, or the `error` that says why not; and with `again`,
 * the item that it only seals again.
 */
export async function openAll(who, request) {
  const opened = [];
  for (const item of request.items) {
    try {
      const plaintext = await openWhole(await sealedItem(who, request.id, item.commitment), who.identity, item.commitment);
      const other = item.kind === "message" ? againIn(contentOf(plaintext)) : null;
      opened.push({ ...item, plaintext, other, again: other ? commitmentOf(other) : null });
    } catch (error) {
      opened.push({ ...item, error });
    }
  }
  // Whoever came later reads the item where it was told, by what sealed it again.
  return opened.map((item) => {
    const other = item.error && opened.find(({ again }) => again === item.commitment)?.other;
    return other ? { ...item, error: undefined, plaintext: other, again: null } : item;
  });
}

/** The items told before a moment that nothing told since then seals again. */
export function toldBefore(opened, moment) {
  const at = Date.parse(moment);
  const since = opened.filter(({ told }) => Date.parse(told) >= at);
  const done = new Set(since.map(({ again }) => again));
  return opened.filter(({ told, again, commitment, plaintext }) => plaintext && !again && Date.parse(told) < at && !done.has(commitment));
}

/** Seals everything again that not every officer in office can open. `trust` is the reader's own trust file, if they gave one. */
export async function sealAgain(who, request, trust) {
  const { readable_by_all_since: since } = await desk();
  for (const { plaintext } of toldBefore(await openAll(who, request), since)) {
    await addMessage(who, request, JSON.stringify({ format: FORMAT, plaintext: encode64(plaintext) }), trust);
  }
}
