// The desk: whose key speaks, what it may say now, the exact statement before it is signed, the receipt after.

import { bring, keep, kept, keys, make } from "./desk-keys.mjs";
import { formOf } from "./desk-form.mjs";
import { Server } from "./desk-server.mjs";
import { shown } from "./desk-show.mjs";
import { element, has, say } from "./texts.mjs";

const desk = document.getElementById("desk");
const part = (id) => document.getElementById(id);
const [status, chooser, where, tasks, work, form] = ["status", "desk-keys", "where", "tasks", "work", "work-form"].map((id) =>
  id === "status" ? desk.querySelector("[role=status]") : part(id));
const server = new Server(desk.dataset);
const name = (type) => (has(`t-${type}`) ? say(`t-${type}`) : type);

/** Kinds of sealed contents that a role may read before they open; the server decides. */
const READS = {
  registrar: ["hypotheses", "assessment", "facts", "mask", "notice"],
  investigator: ["hypotheses", "assessment", "facts"],
  laboratory: ["hypotheses", "assessment", "facts"],
  reviewer: ["hypotheses", "assessment", "facts"],
};

let [turn, waiting] = [Promise.resolve(), 0];
let [speaker, log, present, draft, filled] = [null, null, null, null, null];

desk.hidden = false;
await offerKeys();
await refresh();
on(chooser, "change", refresh);
on(where, "submit", refresh);
on(part("new-key"), "submit", async () => offerKeys(await make(part("key-name").value.trim(), server.vkey)).then(refresh));
on(part("import-key"), "submit", async () => {
  const brought = await bring(await part("key-file").files[0].text(), server.vkey);
  if (brought === null) throw new Error(say("no-key-file"));
  return offerKeys(brought).then(refresh);
});
on(form, "submit", write);
on(part("sign"), "click", sign);
on(part("back"), "click", () => step("form"));

/** One thing after the other, so that no older answer overtakes a newer one; what goes wrong is said. */
function on(node, event, work) {
  node.addEventListener(event, (happened) => {
    if (event === "submit") happened.preventDefault();
    desk.dataset.state = "working";
    waiting += 1;
    turn = turn.then(async () => {
      status.textContent = "";
      let state = "ready";
      try {
        await work();
      } catch (error) {
        state = "problem";
        status.textContent = say("problem", { text: error.message });
        console.warn(error);
      }
      waiting -= 1;
      if (waiting === 0) desk.dataset.state = state;
    });
  });
}

async function offerKeys(chosen = null) {
  const all = await keys();
  const selected = chosen?.vkey ?? chooser.value;
  const options = all.map(({ name: own, vkey }) => element("option", { value: vkey, selected: vkey === selected }, own));
  chooser.replaceChildren(element("option", { value: "" }, say("no-key")), ...options);
}

async function refresh() {
  work.hidden = true;
  speaker = (await keys()).find(({ vkey }) => vkey === chooser.value) ?? null;
  tasks.replaceChildren();
  part("speaking").textContent = "";
  if (!speaker) return;
  const opened = await server.docket(part("desk-case").value);
  log = opened.log;
  const own = await kept("openings");
  const first = await server.ask("desk_next", { key: speaker.vkey, openings: own });
  present = await server.ask("desk_next", { key: speaker.vkey, openings: { ...own, ...(await read(first, opened)) } });
  const speaks = present.member
    ? say("speaks-as", { member: present.member, role: say(`role-${present.role}`) })
    : say("speaks-alone");
  part("speaking").replaceChildren(speaks, " ", element("code", { dir: "ltr" }, speaker.vkey));
  tasks.replaceChildren(...present.tasks.map(offer));
  if (present.tasks.length === 0) tasks.append(element("li", {}, say("nothing-to-do")));
}

/** Openings that others have put by and this role may read. */
async function read({ member, role }, { cases }) {
  const found = {};
  for (const { sealed, panel, blind } of cases) {
    if (role === "reviewer" && (!panel.includes(member) || blind)) continue;
    const wanted = sealed.filter(({ type, open }) => !open && READS[role]?.includes(type));
    for (const { statement } of wanted) {
      const opening = await server.opening(speaker, statement);
      if (opening) found[statement] = opening;
    }
  }
  return found;
}

function offer(task) {
  const of = task.shown?.opens ? say("opens", { type: name(task.shown.opens) }) : name(task.type);
  const button = element("button", { type: "button", "data-type": task.type, "data-opens": task.shown?.opens, "data-about": speaksOf(task) }, of);
  on(button, "click", () => begin(task, of));
  const about = [task.case, task.shown?.report?.sector, speaksOf(task)?.slice(0, 12)].filter(Boolean).join(" · ");
  return element("li", {}, button, " ", element("bdi", {}, about));
}

/** The statement that a task is about, where it is about one. */
function speaksOf({ body }) {
  return body.reports?.[0] ?? body.report ?? body.statement ?? body.notice;
}

function begin(task, title) {
  const actors = task.shown?.actors ?? task.shown?.inputs?.hypotheses.actors;
  const context = { actors, reviewers: present.reviewers, exhibits: present.exhibits[task.case] ?? [] };
  filled = { task, ...formOf(task, context) };
  part("work-title").textContent = title;
  part("work-shown").replaceChildren(...shown(task.shown));
  form.replaceChildren(...filled.nodes, element("p", {}, element("button", { type: "submit" }, say("write"))));
  work.hidden = false;
  step("form");
  part("work-title").focus();
}

function step(to) {
  form.hidden = to !== "form";
  part("work-exact").hidden = to !== "exact";
  part("work-receipt").hidden = to !== "receipt";
  work.dataset.step = to;
}

/** From the form to the exact statement; a file goes to the vault first, since its statement names what is there. */
async function write() {
  const { task } = filled;
  const { body, case: opened, texts, file } = await filled.filled();
  if (file) {
    const { sha256, ciphertext_sha256: ciphertext, size } = await moving(await file.arrayBuffer());
    Object.assign(body, { sha256, ciphertext_sha256: ciphertext, size });
  }
  const seed = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const said = { type: task.type, body, seed };
  const of = opened ?? task.case;
  draft = await server.ask("desk_draft", of ? { ...said, case: of } : said);
  draft.texts = texts;
  part("exact").textContent = draft.shown;
  part("work-sealed").hidden = !draft.opening;
  part("sealed").textContent = draft.opening ? JSON.stringify(draft.opening.value, null, 2) : "";
  step("exact");
  part("sign").focus();
}

async function moving(bytes) {
  const progress = part("work-progress");
  progress.hidden = false;
  try {
    return await server.upload(speaker, bytes, (share) => (progress.firstElementChild.value = share));
  } finally {
    progress.hidden = true;
  }
}

/** Judged here by the rules before it is handed in; what opens it is put by first, since it could never be made again. */
async function sign() {
  const finished = await server.finish(speaker, draft);
  if (finished.refused) throw new Error(`${finished.refused.code}: ${finished.refused.detail} (${finished.refused.hint})`);
  const { entry, statement } = finished;
  if (draft.opening) await keep("openings", statement, draft.opening);
  await keep("signed", statement, entry);
  const { kept: as, proof } = await server.submit(entry);
  const checked = as === "recorded" ? await server.ask("desk_receipt", { entry, proof, log }) : null;
  const left = await putBy(statement);
  part("receipt-words").textContent = checked
    ? say("recorded", { statement, index: checked.index, size: checked.size })
    : say("promised", { statement });
  if (left.length > 0) part("receipt-words").append(" ", say("not-put-by", { text: left.join("; ") }));
  part("receipt").textContent = proof;
  part("receipt-files").replaceChildren(
    file(`${statement.slice(0, 16)}.signed`, entry, say("save-statement")), " ",
    file(`${statement.slice(0, 16)}.${checked ? "tlog-proof" : "intake"}`, proof, say("save-receipt")));
  await refresh();
  work.hidden = false;
  step("receipt");
  work.dataset.statement = statement;
  part("receipt-title").focus();
}

/** What belongs to a recorded statement: its opening for those who may read it, its texts for the vault. */
async function putBy(statement) {
  const left = [];
  const attempt = (job) => job.catch((error) => left.push(error.message));
  if (draft.opening) await attempt(server.keepOpening(speaker, statement, draft.opening));
  for (const text of draft.texts) await attempt(moving(text));
  return left;
}

function file(named, text, words) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  return element("a", { href: url, download: named }, words);
}
