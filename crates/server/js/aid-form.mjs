// The form of a request (docs/aid.md, section 2) from the fields of the page, and whether the desk's own tools will read it: the
// rules of `aid::Request::from_json`, held against docs/vectors/aid-form-v1.json in both programs.

const MAX_FORM_BYTES = 131_072;
const MAX_STORY_CHARS = 20_000;
const MAX_SHORT_CHARS = 500;
const MAX_LIST = 32;
const MAX_NAME_BYTES = 128;
const MAX_PEOPLE = 0xffff_ffff;

/** A field's text; browsers hand in `\r\n` for every line that was counted as one sign. */
const text = (fields, name) => (fields.get(name) ?? "").replaceAll("\r\n", "\n").trim();
/** One entry per line, each once. A name may have a comma in it. */
const lines = (told) => [...new Set(told.split("\n").map((line) => line.trim()).filter((line) => line !== ""))];

/** Everything a form may hold; what nobody was asked is unknown, never guessed. */
export function formOf(fields, language) {
  const value = (name, otherwise) => fields.get(name) || otherwise;
  const told = (name) => text(fields, name);
  const people = Number.parseInt(told("people"), 10);
  const deadline = Date.parse(told("deadline"));
  return {
    format: "solferino.org/aid-form@v1",
    story: told("story"),
    background: { country: null, organisation: told("organisation") || null, nationality: null, politics: null, donors: [] },
    contact: { channel: value("channel", "desk"), address: told("address"), never: lines(told("never")) },
    languages: [...new Set([language, ...fields.getAll("language")])],
    consent: {
      store: true,
      share_with_helpers: fields.get("share") === "yes",
      publish_anonymised: fields.get("publish") === "yes",
    },
    times: { onset_s: null, detected_s: null, deadline_s: Number.isNaN(deadline) ? null : Math.floor(deadline / 1000) },
    sector: value("sector", "other"),
    incident: value("incident", "other"),
    assets: fields.getAll("asset").sort(),
    emblem: "unknown",
    life_safety: value("danger", "unknown"),
    people: Number.isNaN(people) || people < 0 ? null : people,
    function: value("function", "unknown"),
    data: value("data", "unknown"),
    ongoing: value("ongoing", "unknown"),
    spill_over: "unknown",
    mitigation: "unknown",
    done_already: told("done"),
    support: value("support", "unknown"),
    estimate: [],
    on_site: "unknown",
    tlp: "amber",
    exclusions: lines(told("exclusions")),
    evidence: [],
  };
}

const characters = (told) => [...told].length;
const bytes = (told) => new TextEncoder().encode(told).length;

function tooLong(field, told, most) {
  const found = characters(told);
  return found > most ? [{ field, fault: "long", found, most }] : [];
}

function tooMany(field, list) {
  const found = new Set(list).size;
  return found > MAX_LIST ? [{ field, fault: "many", found, most: MAX_LIST }] : [];
}

/** Whether it is 1 to 128 bytes without control characters or white space around it: the name of somebody, an organisation, a machine. */
export const isName = (told) => isShort(told) && !/\p{Cc}|^\p{White_Space}|\p{White_Space}$/u.test(told);
const isShort = (told) => told !== "" && bytes(told) <= MAX_NAME_BYTES;

function badName(field, told) {
  if (isName(told)) return [];
  return [{ field, fault: isShort(told) ? "sign" : "name", entry: told.slice(0, 40), most: MAX_NAME_BYTES }];
}

/**
 * What an officer's reader would refuse, by the field of the page that it stands in; none if it will be read.
 * @returns {{field: string | null, fault: string}[]} with `found`, `most`, `entry` where the sentence of the fault names them
 */
export function faults(form) {
  const { background, contact } = form;
  const found = [
    ...tooLong("story", form.story, MAX_STORY_CHARS),
    ...tooLong("done", form.done_already, MAX_STORY_CHARS),
    ...tooLong("address", contact.address, MAX_SHORT_CHARS),
    ...tooMany("never", contact.never),
    ...contact.never.flatMap((line) => tooLong("never", line, MAX_SHORT_CHARS)),
    ...(background.organisation === null ? [] : badName("organisation", background.organisation)),
    ...tooMany("exclusions", form.exclusions),
    ...form.exclusions.flatMap((name) => badName("exclusions", name)),
    ...tooMany("language", form.languages),
  ];
  if (form.languages.length === 0 || !form.languages.every((tag) => /^[a-z]{2,3}$/u.test(tag))) found.push({ field: "language", fault: "language" });
  if (form.people !== null && !(Number.isInteger(form.people) && form.people >= 0 && form.people <= MAX_PEOPLE)) {
    found.push({ field: "people", fault: "number", most: MAX_PEOPLE });
  }
  const whole = bytes(JSON.stringify(form));
  if (whole > MAX_FORM_BYTES) found.push({ field: null, fault: "size", found: whole, most: MAX_FORM_BYTES });
  return found;
}

/** Whether it is empty, or the two texts by which somebody else is named: a key, and what is sealed to them. */
export const isProxy = (told) => told === "" || /^(?:proxy|requester)\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\s+age1[02-9ac-hj-np-z]{58}$/u.test(told);
