// The form of a request (docs/aid.md, section 2) from the fields of the page.

const list = (text) => text.split(/[\n,;]+/u).map((part) => part.trim()).filter((part) => part !== "");

/** Everything a form may hold; what nobody was asked is unknown, never guessed. */
export function formOf(fields, language) {
  const value = (name, otherwise) => fields.get(name) || otherwise;
  const text = (name) => (fields.get(name) ?? "").trim();
  const people = Number.parseInt(text("people"), 10);
  const deadline = Date.parse(text("deadline"));
  return {
    format: "solferino.org/aid-form@v1",
    story: text("story"),
    background: { country: null, organisation: text("organisation") || null, nationality: null, politics: null, donors: [] },
    contact: { channel: value("channel", "desk"), address: text("address"), never: list(text("never")) },
    languages: [...new Set([language, ...list(text("languages")).map((tag) => tag.toLowerCase())])],
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
    done_already: text("done"),
    support: value("support", "unknown"),
    estimate: [],
    on_site: "unknown",
    tlp: "amber",
    exclusions: list(text("exclusions")),
    evidence: [],
  };
}
