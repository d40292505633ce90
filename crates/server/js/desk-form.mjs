// A form from the description of a statement's fields, and what was filled in back as a body.

import { hex, sha256, utf8 } from "./verify-bytes.mjs";
import { element, has, say } from "./texts.mjs";

/** Parts per million of a share. */
const PPM = 1_000_000;
/** Places that are asked for where the hypotheses cannot be opened. */
const UNKNOWN_PLACES = 6;
let made = 0;

const word = (kind, value) => (has(`${kind}-${value}`) ? say(`${kind}-${value}`) : value);
/** What a field is called: by its whole path, or without what all sealed contents begin with. */
function label(name) {
  const path = name.replaceAll("/", "-").replace(/_(ppm|sha256)$/, "");
  return has(`f-${path}`) ? say(`f-${path}`) : word("f", path.replace(/^content-/, ""));
}

function at(body, path) {
  return path.split("/").reduce((value, step) => value?.[step], body);
}

function put(body, path, value) {
  const steps = path.split("/");
  const last = steps.pop();
  const inner = steps.reduce((into, step) => (into[step] ??= {}), body);
  inner[last] = value;
}

/** One control with its label; `read` gives its value, or `undefined` for none. */
function labelled(field, control, read) {
  made += 1;
  control.id = `field-${made}`;
  control.name = field.name;
  if (!field.optional && control.type !== "checkbox") control.required = true;
  const text = field.optional ? say("optional", { name: label(field.name) }) : label(field.name);
  return { node: element("p", {}, element("label", { for: control.id }, text), control), read };
}

function input(field, attributes, read) {
  const control = element("input", attributes);
  return labelled(field, control, () => (control.value === "" ? undefined : read(control.value, control)));
}

function ticks(field, choices, given) {
  const boxes = choices.map(([value, text]) => {
    const box = element("input", { type: "checkbox", value, name: field.name, checked: given?.includes(value) });
    return [box, element("label", { class: "tick" }, box, " ", element("bdi", {}, text))];
  });
  const node = element("fieldset", {}, element("legend", {}, label(field.name)), ...boxes.map(([, tick]) => tick));
  return { node, read: () => boxes.filter(([box]) => box.checked).map(([box]) => box.value) };
}

/** Long words or lines. */
function area(field, rows, given, read) {
  const control = element("textarea", { rows, dir: "auto" }, given ?? "");
  return labelled(field, control, () => (control.value.trim() === "" ? undefined : read(control.value)));
}

/** A coded fact: the words of each element with their meaning, which the norms' vocabulary has in English only. */
function coded(field, { element: of, value }) {
  const groups = field.of.map(([name, words]) =>
    element("optgroup", { label: word("e", name) }, ...words.map(([code, meaning]) =>
      element("option", { value: `${name} ${code}`, selected: name === of && code === value, lang: "en", dir: "ltr" }, `${code}: ${meaning}`))));
  const control = element("select", {}, ...groups);
  return labelled(field, control, () => {
    const [element, value] = control.value.split(" ");
    return { element, value };
  });
}

/** Fields that are there together or not at all. */
function part(field, context, given) {
  const inner = fieldsOf(field.of, context, given ?? {});
  const body = element("fieldset", { disabled: given === undefined, hidden: given === undefined }, ...inner.nodes);
  const box = element("input", { type: "checkbox", checked: given !== undefined });
  box.addEventListener("change", () => {
    [body.disabled, body.hidden] = [!box.checked, !box.checked];
  });
  const { node } = labelled({ ...field, optional: false }, box, () => box.checked);
  return { node: element("div", {}, node, body), read: () => (box.checked ? inner.read() : undefined) };
}

/** Ratios of an observation over the disguise, one each; none given is none at all. */
function disguise(field, actors, given) {
  const imitated = actors.filter(({ kind }) => kind !== "none-of-these");
  const names = [say("disguise-none"), say("disguise-other"), ...imitated.map(({ id }) => say("disguise-of", { actor: id }))];
  const of = ({ id }) => given?.imitating.find(({ actor }) => actor === id)?.mban;
  const before = [given?.none_mban, given?.other_mban, ...imitated.map(of)];
  const shown = (n) => [before[n] === undefined ? null : before[n] / 1000];
  const { node, values } = numbers(label(field.name), field.name, names, shown, "0.001");
  const read = () => {
    const [none, other, ...rest] = values().map(([bans]) => (bans === null ? null : Math.round(bans * 1000)));
    if ([none, other, ...rest].every((mban) => mban === null)) return undefined;
    const rows = rest.map((mban, n) => ({ actor: imitated[n].id, mban })).filter(({ mban }) => mban !== null);
    return { none_mban: none ?? 0, other_mban: other ?? 0, imitating: rows };
  };
  return { node, read };
}

/** Ratios per actor, low, middle and high; `named` are pairs of what is written and what is shown. */
function ratios(field, named, given) {
  const of = (actor) => (given ?? []).find((ratio) => ratio.actor === actor)?.mban.map((mban) => mban / 1000);
  const { node, values } = numbers(label(field.name), field.name, named.map(([, shown]) => shown), (n) => of(named[n][0]) ?? [null, null, null], "0.001");
  const whole = ([low, middle, high]) => [low ?? middle, middle, high ?? middle].map((bans) => Math.round(bans * 1000));
  const pairs = () => values().map((three, n) => ({ actor: named[n][0], three })).filter(({ three }) => three[1] !== null);
  return { node, read: () => pairs().map(({ actor, three }) => ({ actor, mban: whole(three) })) };
}

/** The actors by their place: known to whoever can open the hypotheses, numbers to others. */
function places(actors) {
  const known = actors.map(({ id, kind }, n) => [String(n + 1), `${n + 1} · ${id}`, kind]).filter(([, , kind]) => kind !== "none-of-these");
  return known.length > 0 ? known : Array.from({ length: UNKNOWN_PLACES }, (_, n) => [String(n + 1), String(n + 1)]);
}

function select(field, choices, given) {
  const options = choices.map(([value, text]) => element("option", { value, selected: given === value }, text));
  const empty = field.optional ? [element("option", { value: "" }, "–")] : [];
  const control = element("select", {}, ...empty, ...options);
  const numbers = choices.every(([value]) => /^[0-9]+$/.test(value));
  return labelled(field, control, () => (control.value === "" ? undefined : numbers ? Number(control.value) : control.value));
}

function numbers(legend, name, names, given, step) {
  const rows = names.map((who, n) => {
    const values = given(n);
    const controls = values.map((value, k) =>
      element("input", {
        type: "number", step, value: value ?? "", "aria-label": `${who} ${values.length > 1 ? say(["low", "middle", "high"][k]) : ""}`.trim(), name,
      }));
    return { controls, node: element("p", { class: "numbers" }, element("bdi", {}, who), ...controls) };
  });
  const node = element("fieldset", {}, element("legend", {}, legend), ...rows.map((row) => row.node));
  return { node, values: () => rows.map(({ controls }) => controls.map(({ value }) => (value === "" ? null : Number(value)))) };
}

function rows(field, context, given) {
  const list = element("div", { class: "rows" });
  const all = [];
  const add = (value) => {
    const row = fieldsOf(field.of, context, value);
    const remove = element("button", { type: "button", class: "quiet" }, say("remove-row"));
    const node = element("fieldset", { class: "row" }, element("legend", {}, `${label(field.name)} ${all.length + 1}`), ...row.nodes, element("p", {}, remove));
    const entry = { node, read: row.read };
    remove.addEventListener("click", () => {
      all.splice(all.indexOf(entry), 1);
      node.remove();
    });
    all.push(entry);
    list.append(node);
  };
  (given ?? []).forEach(add);
  const more = element("button", { type: "button", class: "quiet", "data-add": field.name }, say("add-row", { name: label(field.name) }));
  more.addEventListener("click", () => add({}));
  const node = element("fieldset", {}, element("legend", {}, label(field.name)), list, element("p", {}, more));
  return { node, read: () => all.map((row) => row.read()) };
}

const share = (value) => Math.round(Number(value) * PPM);
const split = (text) => text.split(",").map((part) => part.trim()).filter((part) => part !== "");

/** One field as `{node, read, text?, file?, terms?}`. */
function control(field, context, given) {
  const actors = context.actors ?? [];
  switch (field.is) {
    case "choice":
      return select(field, field.of.map((value) => [value, word("v", value)]), given === undefined ? undefined : String(given));
    case "word":
    case "key":
      return input(field, { type: "text", value: given ?? "", autocomplete: "off", dir: "ltr" }, (text) => text.trim());
    case "hash":
      return input(field, { type: "text", value: given ?? "", autocomplete: "off", dir: "ltr", pattern: "[0-9a-f]{64}" }, (text) => text.trim());
    case "lines":
      return withDefault(area(field, 4, (given ?? []).join("\n"), (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "")), []);
    case "document":
      return area(field, 12, given, (text) => text);
    case "names": {
      const words = area({ ...field, optional: true }, 4, "", (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== ""));
      return { node: words.node, read: () => undefined, terms: () => words.read() ?? [] };
    }
    case "moment":
      return input(field, { type: "datetime-local", value: (given ?? "").slice(0, 16) }, (text) => `${text.slice(0, 16)}:00Z`);
    case "count":
      return input(field, { type: "number", min: 0, step: 1, value: given ?? "" }, Number);
    case "member":
      return select(field, (context.members ?? []).map((id) => [id, id]), given);
    case "statement":
      return select(field, (context.statements ?? []).map(([id, type, index]) => [id, `${word("t", type)} · ${index} · ${id.slice(0, 12)}`]), given);
    case "outcome":
      return select(field, (context.outcomes ?? []).map((id) => [id, id]), given);
    case "next-key":
      return select(field, (context.keys ?? []).map(({ digest, name }) => [digest, name]), given);
    case "coded":
      return coded(field, given ?? {});
    case "part":
      return part(field, context, given);
    case "words":
      return withDefault(input({ ...field, optional: true }, { type: "text", value: (given ?? []).join(", "), dir: "ltr" }, split), []);
    case "day":
      return input(field, { type: "date", value: given ?? "" }, (text) => text);
    case "share":
      return input(field, { type: "number", min: 0, max: 1, step: "any", value: given === undefined ? "" : given / PPM }, share);
    case "truth": {
      const box = element("input", { type: "checkbox", checked: given === true });
      return labelled(field, box, () => box.checked);
    }
    case "text": {
      const area = element("textarea", { rows: 6, dir: "auto" });
      return { ...labelled(field, area, () => undefined), text: () => area.value };
    }
    case "file": {
      const box = element("input", { type: "file" });
      return { ...labelled(field, box, () => undefined), file: () => box.files[0] };
    }
    case "exhibits":
    case "exhibit": {
      const choices = (context.exhibits ?? []).map(([hash, source]) => [hash, `${source} · ${hash.slice(0, 12)}`]);
      return field.is === "exhibits" ? ticks(field, choices, given) : select(field, choices, given);
    }
    case "reviewers":
      return ticks(field, context.reviewers.map(([id, region]) => [id, region ? `${id} (${word("v", region)})` : id]), given);
    case "posterior": {
      // Under a mask the desk knows no actors: the shares in the order of the masked case, parted by commas.
      const names = context.outcomes ?? actors.map(({ id }) => id);
      if (names.length === 0) return input(field, { type: "text", dir: "ltr" }, (text) => split(text).map(share));
      const { node, values } = numbers(label(field.name), field.name, names, (n) => [given?.[n] === undefined ? null : given[n] / PPM], "any");
      return { node, read: () => values().map(([value]) => share(value ?? 0)) };
    }
    case "ratios":
      return ratios(field, actors.filter(({ kind }) => kind !== "none-of-these").map(({ id }) => [id, id]), given);
    case "places":
      return ratios(field, places(actors), given);
    case "disguise":
      return disguise(field, actors, given);
    case "rows":
      return rows(field, context, given);
    default:
      return { node: element("p", {}, element("span", {}, label(field.name)), " ", element("code", { dir: "ltr" }, JSON.stringify(given))), read: () => given };
  }
}

const withDefault = ({ node, read }, value) => ({ node, read: () => read() ?? value });

function fieldsOf(fields, context, given) {
  const all = fields.map((field) => [field, control(field, context, field.is === "coded" ? given : at(given, field.name))]);
  const read = () => {
    const body = {};
    for (const [field, { read: value }] of all) {
      const found = value();
      if (field.is === "coded") Object.assign(body, found);
      else if (found !== undefined) put(body, field.name, found);
    }
    return body;
  };
  return { nodes: all.map(([, { node }]) => node), read, all };
}

/** What was given, with what was filled in over it; a part of it is filled in where it stands. */
function merged(given, filled) {
  const body = { ...structuredClone(given), ...filled };
  for (const part of ["content", "question"]) {
    if (typeof given[part] === "object" && typeof filled[part] === "object") body[part] = { ...given[part], ...filled[part] };
  }
  return body;
}

/** The form of a task: its nodes, and what was filled in, with texts and a file that go to the vault. */
export function formOf({ fields, body: given, new_case: newCase }, context) {
  const { nodes, read, all } = fieldsOf(fields ?? [], context, given);
  const id = newCase ? input({ name: "new-case", optional: false }, { type: "text", pattern: "[a-z0-9][a-z0-9\\-]*", dir: "ltr" }, (text) => text.trim()) : null;
  const filled = async () => {
    const body = merged(given, read());
    const [texts, files] = [[], []];
    let terms = null;
    for (const [field, { text, file, terms: words }] of all) {
      if (text) {
        const bytes = utf8(text());
        put(body, field.name, hex(await sha256(bytes)));
        texts.push(bytes);
      }
      if (file?.()) files.push(file());
      if (words) terms = words();
    }
    return { body, case: id?.read(), texts, file: files[0] ?? null, terms };
  };
  return { nodes: id ? [id.node, ...nodes] : nodes, filled };
}
