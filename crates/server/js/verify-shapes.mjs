// Which fields of a body are objects, lists or neither (docs/format.md, sections 1 and 5): a list of the values is not
// the object, an object is not the word in it, and null is not a field that is absent.

import { BundleError } from "./verify-error.mjs";

/** Below: an object names its fields that are objects or lists, a list holds the shape of its items, and ONE is neither. */
const ONE = null;
const ONES = [ONE];

const SEALED_ITEM = {};
const CHARTER = {
  founders: ONES, seats: [{}], funding: {}, finding_quorum: {}, amendment_quorum: {}, witness_policy: ONES,
  method: { s1: {}, s2: {}, s3: {}, moderate: {}, high: {} }, norms: { policy: {} }, predecessor: { path: ONES },
};
const FINDING = {
  proposal: {
    named: {}, assertions: [{ interval_ppm: ONES }], exonerated: ONES, interval_ppm: ONES, blind: {}, basis: ONES,
    norms: { inconsistent: [{}] },
  },
  votes: ONES, case_statements: {},
};

/** The bodies that hold more than words and numbers. */
const BODIES = {
  tick: { index: {} },
  charter: { text: CHARTER },
  "charter.amend": { text: CHARTER },
  "member.declare": { states: ONES, funders: ONES },
  "state.reserve": { articles: ONES },
  "calibration.ask": { outcomes: ONES },
  consent: { exhibits: ONES },
  "case.open": { reports: ONES, question: { assertions: [{ says: {} }] } },
  "case.refuse": { reports: ONES },
  exhibit: { upstream: ONES },
  custody: { event: {} },
  "lab.commit": { exhibits: ONES },
  "review.assign": { reviewers: ONES },
  finding: FINDING,
  supersede: { finding: FINDING },
  warn: { sectors: ONES },
  alternative: { changes: ONES },
  "complaint.answer": { complaints: ONES },
  "aid.desk": { officers: [{}], code: {}, clocks: { assist_s: ONES, escalate_s: ONES } },
  "aid.request": { items: [SEALED_ITEM], consent: {}, proxy: {} },
  "aid.harm": { rows: [{}] },
  "aid.item": { items: [SEALED_ITEM] },
  "aid.step": { offer: { responders: ONES, path: ONES } },
  "aid.enlist": { profile: SEALED_ITEM, code: {} },
  "aid.consent": { items: ONES },
};

const DECEPTION = { imitating: [{}] };
const RATIOS = [{ mban: ONES }];

/** What the nine types withhold, by type. */
const CONTENTS = {
  hypotheses: { actors: [{}], relations: [{ allied: ONES, adversary: ONES }] },
  "lab.commit": { answers: [{ reading: { lr: RATIOS, deception: DECEPTION } }] },
  assessment: {
    strands: [{}],
    items: [{ r_ppm: ONES, lr: RATIOS, deception: DECEPTION, upstream: ONES, exhibits: ONES, source: {} }],
  },
  facts: { facts: [{ exhibits: ONES }] },
  mask: { names: [{}] },
  review: { posterior_ppm: ONES },
  notice: {},
  vote: {},
  "calibration.answer": { ppm: ONES },
};

/** The field in which an opening carries a content: it has the shape of what was withheld (`openedContent`). */
const OPENINGS = new Set(["disclose", "lab.open", "calibration.open"]);

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Refuses a body that has another shape than its type's. */
export function bodyOf(type, body) {
  const { value, ...rest } = body;
  if (OPENINGS.has(type) && !isObject(value)) throw new BundleError(`/body/value of a ${type} is not an object`);
  fits(BODIES[type] ?? {}, OPENINGS.has(type) ? rest : body, "/body");
}

/** Refuses an opened content that has another shape than what its type withholds. */
export function openedContent(type, content) {
  fits(CONTENTS[type] ?? {}, content, `/content of a ${type}`);
}

function fits(shape, value, at) {
  const refuse = (due) => {
    throw new BundleError(`${at} is not ${due}`);
  };
  if (shape === ONE) {
    if (typeof value === "object") refuse("a word or number");
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value)) refuse("a list");
    value.forEach((item, n) => fits(shape[0], item, `${at}/${n}`));
  } else {
    if (!isObject(value)) refuse("an object");
    for (const [key, inner] of Object.entries(value)) fits(Object.hasOwn(shape, key) ? shape[key] : ONE, inner, `${at}/${key}`);
  }
}
