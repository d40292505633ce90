// Who can open what is told: taken from signed statements of the log, down from the charter that a trust file pins, and
// never from the server's word (docs/aid-statements.md, section 3). A second writing of `record::aid::readers`.

import { canonical, hex, sha256, utf8 } from "./verify-bytes.mjs";
import { parseEnvelope, parsePayload } from "./verify-form.mjs";
import { checkpointOf, cosignedAt, inTree, leafHash, openNote, parseKey, parseTrust, signedBy } from "./verify-log.mjs";

/** Most entries that are read. */
const MAX_SHOWN = 512;
/** Hex digits of a recipient's digest that people compare, in groups of four. */
const DIGEST_DIGITS = 16;
/** A key that is one, to ask the platform whether it knows the kind: the Ed25519 base point. */
const BASE_POINT = Uint8Array.of(0x58, ...new Array(31).fill(0x66));

function refuse(text) {
  throw new Error(text);
}

/** Whether this browser can check a signature at all; old ones, and pages not served securely, cannot. */
export async function canCheck() {
  try {
    await crypto.subtle.importKey("raw", BASE_POINT, { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

const digestOf = async (text) => hex(await sha256(utf8(text)));

/** What people compare: the first digits of the SHA-256 of a recipient's text. */
export const recipientDigest = async (recipient) => (await digestOf(recipient)).slice(0, DIGEST_DIGITS).match(/.{4}/g).join(" ");

/**
 * Everybody who can open what is told to the desk or, with a request, in it. Throws unless signed statements say so.
 * @param evidence `{checkpoint, entries: [{index, path, envelope}]}` as the server gives it; nothing in it is believed
 * @param {string} trustText whose log it has to be
 * @param {string} origin of the record
 * @param {string | null} wanted the request
 * @returns {Promise<{desk: number, readers: {role: string, recipient: string, digest: string}[], cosigned: number | null, part: boolean}>}
 *   `cosigned`: the latest moment by which the quorum had signed, in seconds; `part`: a signature of a kind that browsers cannot check was asked for
 */
export async function readersOf(evidence, trustText, origin, wanted = null) {
  const trust = await parseTrust(trustText);
  if (trust.log.name !== origin) refuse(`the server calls its record ${origin}, the log is ${trust.log.name}`);
  const note = openNote(utf8(String(evidence?.checkpoint)));
  const { size, root } = checkpointOf(note, origin);
  if (!(await signedBy(note, trust.log))) refuse("the pinned log has not signed the checkpoint");
  const { cosigned, partly } = await quorum(note, trust);
  let part = partly;
  const { entries } = evidence;
  if (!Array.isArray(entries) || entries.length > MAX_SHOWN) refuse("there are too many entries, or none");
  const reading = new Reading(wanted);
  let before = -1;
  for (const { index, path, envelope } of entries) {
    if (!Number.isSafeInteger(index) || index <= before) refuse("the entries are not in the order of the log");
    before = index;
    const leaf = await leafHash(utf8(envelope));
    const found = await inTree(leaf, index, size, path.map(bytesOf), root);
    if (!found) refuse(`entry ${index} is not in the log`);
    const { payload, key, isSigned } = await parseEnvelope(envelope);
    if (!(await isSigned())) refuse(`entry ${index}: the signature does not verify`);
    const statement = { ...parsePayload(payload), id: hex(leaf), key: key.text };
    if (statement.record !== origin) refuse(`entry ${index} is of another record`);
    if (index === 0) part = (await checkCharter(statement, trust, note)) || part;
    else if (!reading.charter) refuse("the first entry is not the charter");
    await reading.take(statement, index);
  }
  return { desk: reading.desk?.version ?? refuse("no desk is shown to be named"), readers: await reading.all(), cosigned, part };
}

/** A hash in hex. */
function bytesOf(text) {
  if (!/^[0-9a-f]{64}$/.test(text)) refuse("a path holds something else than hashes");
  return Uint8Array.from(text.match(/../g), (byte) => parseInt(byte, 16));
}

/** Gives whether a second signature is there that cannot be checked here. */
async function checkCharter({ type, body }, trust, note) {
  const same = type === "charter" && (await digestOf(canonical(body.text))) === trust.charter;
  if (!same || body.text.log !== trust.log.text) refuse("the charter is not the one that the trust file pins");
  if (body.text.log_mldsa === undefined) return false;
  const second = await signedBy(note, await parseKey(body.text.log_mldsa));
  if (second === false) refuse("the log's second key has not signed the checkpoint");
  return second === null;
}

/** When the quorum had signed, and whether that hangs on signatures that cannot be checked here. */
async function quorum(note, trust) {
  if (trust.satisfied(new Set())) return { cosigned: null, partly: false };
  const [checked, there, times] = [new Set(), new Set(), []];
  for (const [name, key] of trust.witnesses) {
    const signed = await signedBy(note, key);
    if (signed !== false) there.add(name);
    if (signed) checked.add(name);
    const time = await cosignedAt(note, key);
    if (time) times.push([time, name]);
  }
  if (!trust.satisfied(there)) refuse("too few of the pinned witnesses have signed the checkpoint");
  times.sort(([a], [b]) => b - a);
  const by = (time) => new Set(times.filter(([t]) => t >= time).map(([, name]) => name));
  return { cosigned: times.find(([time]) => trust.satisfied(by(time)))?.[0] ?? 0, partly: !trust.satisfied(checked) };
}

/** What the entries said so far. */
class Reading {
  constructor(wanted) {
    Object.assign(this, { wanted, charter: null, members: new Map(), pending: new Map(), desk: null, request: null, offer: null, taken: false, enlisted: new Map() });
  }

  /** The member whose key in force this is. */
  member(key) {
    return [...this.members.values()].find((member) => member.key === key);
  }

  seat(key) {
    const member = this.member(key);
    return member?.seated && !member.revoked ? member.role : null;
  }

  /** Takes a statement that may say this; another is an error: whoever gives it means something by it. */
  async take(statement, index) {
    const { type, body, key } = statement;
    const known = {
      charter: () => index === 0 && this.enact(body.text),
      "charter.found": () => this.charter.founders.includes(key),
      "charter.amend": () => this.amend(body.text, key),
      "charter.vote": () => this.vote(body, key),
      "member.rotate": () => this.rotate(body, key),
      "member.revoke": () => this.revoke(body, key),
      "aid.desk": () => this.seat(key) === "registrar" && (this.desk = body),
      "aid.request": () => statement.id === this.wanted && (this.request = { ...body, key }),
      "aid.step": () => body.request === this.wanted && this.step(body, key),
      "aid.enlist": () => this.enlisted.set(statement.id, body.recipient),
    };
    const may = Object.hasOwn(known, type) && (await known[type]());
    if (!may) refuse(`entry ${index}: a ${type} that its signer cannot say, or that says nothing of who reads`);
  }

  enact(text) {
    for (const member of this.members.values()) member.seated = false;
    for (const { member: id, role, region, key, next_key_sha256: next } of text.seats) {
      const held = this.members.get(id) ?? { id, key, next, revoked: false };
      this.members.set(id, Object.assign(held, { role, region, seated: true }));
    }
    this.charter = text;
    return true;
  }

  async amend(text, key) {
    const may = text.version === this.charter.version + 1 && text.log === this.charter.log && this.seat(key) !== null;
    if (may) this.pending.set(await digestOf(canonical(text)), { text, votes: new Map() });
    return may;
  }

  vote({ amendment, approve }, key) {
    const voter = this.member(key);
    if (this.seat(key) === null) return false;
    const open = this.pending.get(amendment);
    if (!open) return true; // in force already, or overtaken
    open.votes.set(voter.id, approve);
    const seated = [...open.votes].filter(([, yes]) => yes === true).map(([id]) => this.members.get(id));
    const counted = seated.filter((m) => m.role === "reviewer" && m.seated && !m.revoked);
    const { votes, regions } = this.charter.amendment_quorum;
    if (counted.length < votes || new Set(counted.map((m) => m.region)).size < regions) return true;
    this.pending.clear();
    return this.enact(open.text);
  }

  async rotate({ member: id, next_key_sha256: next }, key) {
    const member = this.members.get(id);
    if (!member || member.revoked || (await digestOf(key)) !== member.next) return false;
    Object.assign(member, { key, next });
    return true;
  }

  revoke({ member: id }, key) {
    const member = this.member(key);
    if (member?.id !== id) return false;
    member.revoked = true;
    return true;
  }

  /** An offer by an officer; then that its requester takes it. */
  step({ to, offer }, key) {
    if (to === "offered" && offer && this.desk?.officers.some((officer) => officer.key === key)) {
      Object.assign(this, { offer, taken: false });
      return true;
    }
    const own = this.request && [this.request.key, this.request.proxy?.key].includes(key);
    if (to === "agreed" && !offer && own && this.offer) return (this.taken = true);
    return false;
  }

  async all() {
    const named = this.desk.officers.map(({ recipient }) => ["triage", recipient]);
    if (this.wanted !== null) {
      if (!this.request) refuse("the request is not shown");
      named.push(["requester", this.request.recipient]);
      if (this.request.proxy) named.push(["proxy", this.request.proxy.recipient]);
      // Only whom the requester took: an enlistment beside the offer adds nobody.
      const team = this.taken ? this.offer.responders : [];
      named.push(...team.filter((id) => this.enlisted.has(id)).map((id) => ["responder", this.enlisted.get(id)]));
    }
    return Promise.all(named.map(async ([role, recipient]) => ({ role, recipient, digest: await recipientDigest(recipient) })));
  }
}
