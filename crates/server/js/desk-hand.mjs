// What a key can open besides its own, and what it hands on to those who may read it (docs/desk.md).

import { keep, kept } from "./desk-keys.mjs";
import { sealTo, unseal } from "./desk-seal.mjs";
import { moment } from "./desk-server.mjs";
import { encode64 } from "./verify-bytes.mjs";

/** Kinds of sealed contents that the command may keep beside the record for a role; the server decides. */
const READS = {
  registrar: ["hypotheses", "assessment", "facts", "mask", "notice"],
  investigator: ["hypotheses", "assessment", "facts"],
  laboratory: ["hypotheses", "assessment", "facts"],
  reviewer: ["hypotheses", "assessment", "facts"],
};

/** What is here for a key: `{openings, packets, held, readings}`. */
export async function gather(server, speaker, { cases, now, injected_clock: given }, { member, role }) {
  const [openings, packets, held] = [await kept("openings"), await kept("packets"), {}];
  if (!member) return { openings, packets, held, readings: [] };
  const readings = await said(server, speaker, given ? now : moment());
  for (const { case: of, sealed, panel, blind } of cases) {
    const { mine, held: others } = await server.copies(speaker, of);
    Object.assign(held, others);
    for (const [statement, copies] of Object.entries(mine)) {
      const opening = openings[statement] ?? (await first(speaker, copies.opening));
      if (opening) openings[statement] = opening;
      if (packets[statement] || !copies.packet) continue;
      packets[statement] = await first(speaker, copies.packet);
      if (packets[statement]) await keep("packets", statement, packets[statement]);
      else delete packets[statement];
    }
    if (role === "reviewer" && (!panel.includes(member) || blind)) continue;
    const wanted = sealed.filter(({ type, open, statement }) => !open && !openings[statement] && READS[role]?.includes(type));
    for (const { statement } of wanted) {
      const opening = await server.opening(speaker, statement);
      if (opening) openings[statement] = opening;
    }
  }
  return { openings, packets, held, readings };
}

/** What members have said of the keys they read with; this one's is said where it is not yet. */
async function said(server, speaker, now) {
  const readings = await server.readings();
  const own = readings.find(({ key }) => key === speaker.vkey);
  if (own?.recipient === speaker.reading.recipient) return readings;
  return [...readings.filter((reading) => reading !== own), await server.sayReading(speaker, now)];
}

async function first({ reading: { identity } }, copies = []) {
  for (const copy of copies) {
    const value = await unseal(identity, Uint8Array.from(atob(copy), (c) => c.charCodeAt(0)));
    if (value) return value;
  }
  return null;
}

/**
 * Hands on what opens statements to those who may read them and cannot yet.
 * @returns {Promise<{to: string[], missing: string[], packet: object | null}>} who got something; who has no key to
 *   read with; the packet that waits for a person to hand it out
 */
export async function handOn(server, speaker, { openings, held, readings }) {
  const { hand, missing } = await server.ask("desk_handing", { key: speaker.vkey, openings, held, readings });
  const to = new Set();
  for (const { statement, readers } of hand.filter(({ what }) => what === "opening")) {
    for (const [member, recipient] of readers) {
      await server.keepCopy(speaker, statement, "opening", member, await sealTo(recipient, openings[statement]));
      to.add(member);
    }
  }
  return { to: [...to], missing, packet: hand.find(({ what }) => what === "packet") ?? null };
}

/** The contents of cited exhibits as far as they are to be had, base64 by hash: what masked texts are made from. */
export async function cited(server, speaker, { items }) {
  const found = {};
  for (const digest of new Set(items.flatMap(({ exhibits }) => exhibits))) {
    try {
      found[digest] = encode64(await server.content(speaker, digest));
    } catch (error) {
      console.warn(error); // the report says that it was left out
    }
  }
  return found;
}

/** Hands a masked case to the panel, sealed to each. */
export async function handOut(server, speaker, packet, { statement, readers }) {
  for (const [member, recipient] of readers) {
    await server.keepCopy(speaker, statement, "packet", member, await sealTo(recipient, packet));
  }
}
