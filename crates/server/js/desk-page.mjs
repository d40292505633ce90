// The desk: whose key speaks, what it may say now, the exact statement before it is signed, the receipt after.

import { formOf } from "./desk-form.mjs";
import { cited, gather, handOn, handOut } from "./desk-hand.mjs";
import { bring, drop, keep, kept, keys, make } from "./desk-keys.mjs";
import { Refused, Server, Unreached } from "./desk-server.mjs";
import { blindRound, failed, listed, refusal, reported, shown } from "./desk-show.mjs";
import { element, has, say } from "./texts.mjs";

const desk = document.getElementById("desk");
const part = (id) => document.getElementById(id);
const [status, chooser, where, tasks, always, work, form] = ["status", "desk-keys", "where", "tasks", "always", "work", "work-form"].map((id) =>
  id === "status" ? desk.querySelector("[role=status]") : part(id));
const server = new Server(desk.dataset);
const name = (type) => (has(`t-${type}`) ? say(`t-${type}`) : type);
/** Tells other tabs of this browser that keys or the record have changed. */
const tabs = new BroadcastChannel("solferino-desk");

/** How often a content is sent before its sender is asked to do something about it. */
const UPLOAD_TRIES = 5;
/** Pause after the first lost connection, in milliseconds; after each further one that much longer. */
const RETRY_MS = 1000;

let [turn, waiting] = [Promise.resolve(), 0];
let [speaker, log, present, here, draft, filled] = [null, null, null, null, null, null];

on(chooser, "change", refresh);
on(where, "submit", refresh);
on(part("new-key"), "submit", async () => arrived(await make(part("key-name").value.trim(), server.vkey)));
on(part("import-key"), "submit", async () => {
  const brought = await bring(await part("key-file").files[0].text(), server.vkey);
  if (brought === null) throw new Error(say("no-key-file"));
  return arrived(brought);
});
on(part("save-openings"), "click", async () => save("solferino-openings.json", JSON.stringify(await kept("openings"))));
on(part("bring-openings"), "submit", bringOpenings);
on(form, "submit", write);
on(part("sign"), "click", sign);
on(part("back"), "click", () => step("form"));
on(tabs, "message", otherTab);
await offerKeys();
await offerUnsent();
desk.hidden = false;

/** One thing after the other, so that no older answer overtakes a newer one; what goes wrong is said. */
function on(node, event, work) {
  node.addEventListener(event, (happened) => {
    if (event === "submit") happened.preventDefault();
    desk.dataset.state = "working";
    waiting += 1;
    turn = turn.then(async () => {
      status.replaceChildren();
      let state = "ready";
      try {
        await work(happened);
      } catch (error) {
        state = "problem";
        status.replaceChildren(...failed(error));
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

async function arrived(key) {
  await offerKeys(key);
  tabs.postMessage("keys");
  await refresh();
}

/** Another tab has said something or has another key: what is half filled in here stays as it is. */
async function otherTab({ data }) {
  if (data === "keys") await offerKeys();
  await offerUnsent();
  if (work.hidden) await refresh();
  else status.replaceChildren(say("other-tab"));
}

async function bringOpenings() {
  const text = await part("openings-file").files[0].text();
  let brought = null;
  try {
    brought = Object.entries(JSON.parse(text)).filter(([id, value]) => /^[0-9a-f]{64}$/.test(id) && value?.salt);
  } catch {
    throw new Error(say("no-openings-file"));
  }
  if (brought.length === 0) throw new Error(say("no-openings-file"));
  for (const [id, value] of brought) await keep("openings", id, value);
  await refresh();
}

async function refresh() {
  work.hidden = true;
  speaker = (await keys()).find(({ vkey }) => vkey === chooser.value) ?? null;
  [tasks, always, part("contents")].forEach((list) => list.replaceChildren());
  [part("speaking"), part("handed")].forEach((line) => line.replaceChildren());
  [part("always-all"), part("contents-all")].forEach((all) => (all.hidden = true));
  if (!speaker) return;
  const opened = await server.docket(part("desk-case").value);
  log = opened.log;
  const first = await server.ask("desk_next", { key: speaker.vkey, openings: await kept("openings") });
  here = await gather(server, speaker, opened, first);
  present = await server.ask("desk_next", { key: speaker.vkey, openings: here.openings, packets: here.packets });
  part("speaking").replaceChildren(capacity(), " ", element("code", { dir: "ltr" }, speaker.vkey));
  const [ready, others] = [present.tasks.filter((task) => !task.always), present.tasks.filter((task) => task.always)];
  tasks.replaceChildren(...ready.map(offer));
  always.replaceChildren(...others.map(offer));
  part("always-all").hidden = others.length === 0;
  part("contents").replaceChildren(...present.contents.map(contentOf));
  part("contents-all").hidden = present.contents.length === 0;
  if (present.member) await hand();
  if (!tasks.hasChildNodes()) tasks.append(element("li", {}, say("nothing-to-do")));
}

function capacity() {
  if (present.was) return say(`was-${present.was.why}`, { member: present.was.member });
  if (present.member) return say("speaks-as", { member: present.member, role: say(`role-${present.role}`) });
  return say("speaks-alone");
}

/** What others may read is handed on to them; a masked case waits for a person to look through it. */
async function hand() {
  const { to, missing, packet } = await handOn(server, speaker, here);
  const lines = [];
  if (to.length > 0) lines.push(say("handed", { members: to.join(", ") }));
  if (missing.length > 0) lines.push(say("no-reading-key", { members: missing.join(", ") }));
  part("handed").replaceChildren(lines.join(" "));
  if (!packet) return;
  const button = element("button", { type: "button", "data-type": "hand-out" }, say("hand-out"));
  on(button, "click", () => beginHandOut(packet));
  tasks.append(element("li", {}, button, " ", element("bdi", {}, part("desk-case").value)));
}

function offer(task) {
  const type = task.variant ? say(`t-${task.type}-${task.variant}`) : name(task.type);
  const of = task.shown?.opens ? say("opens", { type: name(task.shown.opens) }) : type;
  const data = { "data-type": task.type, "data-variant": task.variant, "data-opens": task.shown?.opens, "data-about": speaksOf(task) };
  const button = element("button", { type: "button", ...data }, of);
  on(button, "click", () => begin(task, of));
  const about = [task.case, task.shown?.report?.sector, speaksOf(task)?.slice(0, 12)].filter(Boolean).join(" · ");
  return element("li", {}, button, " ", element("bdi", {}, about));
}

/** The statement that a task is about, where it is about one, or what else tells it from others. */
function speaksOf({ body, about }) {
  return about ?? body.reports?.[0] ?? body.report ?? body.statement ?? body.notice ?? body.finding ?? body.replaces ?? body.complaints?.[0];
}

/** A content of the vault: texts are shown, files are saved. */
function contentOf({ kind, sha256, of, media }) {
  const about = [of, media, sha256.slice(0, 12)].filter(Boolean).join(" · ");
  const button = element("button", { type: "button", class: "quiet", "data-content": sha256 }, say(`content-${kind}`));
  const node = element("li", {}, button, " ", element("bdi", {}, about));
  on(button, "click", async () => {
    const bytes = await server.content(speaker, sha256);
    if (kind === "exhibit") save(`${sha256}.bin`, bytes);
    else node.append(element("pre", { dir: "auto", tabindex: 0 }, new TextDecoder().decode(bytes)));
    button.disabled = kind !== "exhibit";
  });
  return node;
}

async function begin(task, title) {
  const { actors, inputs, members, outcomes } = task.shown ?? {};
  const others = (await keys()).filter(({ vkey }) => vkey !== speaker.vkey);
  const context = {
    actors: actors ?? inputs?.hypotheses.actors, members, outcomes, keys: others,
    reviewers: present.reviewers, statements: present.statements, exhibits: present.exhibits[task.case] ?? [],
  };
  open(title, shown(task.shown));
  filled = { task, ...formOf(task, context) };
  form.replaceChildren(...filled.nodes, element("p", {}, element("button", { type: "submit" }, say("write"))));
  step("form");
  part("work-title").focus();
}

function open(title, nodes) {
  part("work-title").textContent = title;
  part("work-shown").replaceChildren(...nodes);
  part("work-report").replaceChildren();
  draft = null;
  work.hidden = false;
}

function step(to) {
  form.hidden = to !== "form";
  part("work-exact").hidden = to !== "exact";
  part("work-receipt").hidden = to !== "receipt";
  work.dataset.step = to;
}

/** The masked case as the panel will read it, with what may still tell who is meant, before anybody gets it. */
async function beginHandOut(packet) {
  const of = part("desk-case").value;
  const inputs = present.tasks.find(({ shown }) => shown?.inputs)?.shown.inputs ?? { items: present.exhibits[of].map(([hash]) => ({ exhibits: [hash] })) };
  const contents = await cited(server, speaker, inputs);
  const made = await server.ask("desk_packet", { case: of, openings: here.openings, contents });
  open(say("hand-out"), [element("p", {}, say("hand-out-lead")), ...reported(made.report), ...blindRound(made.packet)]);
  filled = { handOut: () => handOut(server, speaker, made.packet, packet) };
  form.replaceChildren(element("p", {}, element("button", { type: "submit" }, say("hand-out-now"))));
  step("form");
  part("work-title").focus();
}

/** From the form to the exact statement; a file goes to the vault first, since its statement names what is there. */
async function write() {
  if (filled.handOut) {
    await filled.handOut();
    await refresh();
    status.replaceChildren(say("handed-out"));
    return;
  }
  const { task } = filled;
  const { body, case: opened, texts, file, terms } = await filled.filled();
  if (file) {
    const { sha256, ciphertext_sha256: ciphertext, size } = await moving(await file.arrayBuffer());
    Object.assign(body, { sha256, ciphertext_sha256: ciphertext, size });
  }
  if (terms) {
    const contents = await cited(server, speaker, task.shown.inputs);
    const asked = { case: task.case, openings: here.openings, contents, seed: random(), terms };
    const { content, report } = await server.ask("desk_mask", asked);
    body.content = content;
    part("work-report").replaceChildren(...reported(report));
  }
  const said = { type: task.type, body, seed: random(), openings: task.sealed ? here.openings : {} };
  const of = opened ?? task.case;
  draft = { ...(await server.ask("desk_draft", of ? { ...said, case: of } : said)), type: task.type, texts };
  part("exact").textContent = draft.shown;
  part("work-sealed").hidden = !draft.opening;
  part("sealed").textContent = draft.opening ? JSON.stringify(draft.opening.value, null, 2) : "";
  step("exact");
  part("sign").focus();
}

function random() {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends a content on its way; where the connection is lost it begins again by itself, a few times. */
async function moving(bytes, key = speaker) {
  const progress = part("work-progress");
  progress.hidden = false;
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await server.upload(key, bytes, (share) => (progress.firstElementChild.value = share));
      } catch (error) {
        if (!(error instanceof Unreached) || tries === UPLOAD_TRIES) throw error;
        status.replaceChildren(say("upload-again", { tries: tries + 1, most: UPLOAD_TRIES }));
        await connected(tries);
        status.replaceChildren();
      }
    }
  } finally {
    progress.hidden = true;
  }
}

/** Waits until the browser has a connection again, or longer each time where it thinks that it has one. */
function connected(tries) {
  return new Promise((resolve) => {
    addEventListener("online", resolve, { once: true });
    if (navigator.onLine) setTimeout(resolve, tries * RETRY_MS);
  });
}

/** Judged here by the rules before it is handed in; what opens it is put by first, since it could never be made again. */
async function sign() {
  draft.finished ??= await server.finish(speaker, draft);
  const { refused, entry, statement } = draft.finished;
  if (refused) {
    draft.finished = null; // the rules may admit it at a later moment
    throw new Refused(refused);
  }
  if (draft.opening) await keep("openings", statement, draft.opening);
  await keep("signed", statement, entry);
  const unsent = { statement, entry, type: draft.type, texts: draft.texts, vkey: speaker.vkey };
  await keep("unsent", statement, unsent);
  await handIn(unsent);
}

/** Hands in what is signed, with the texts that go with it; until all of it is there it stays among the unsent. */
async function handIn({ statement, entry, texts, vkey }) {
  let answer = null;
  try {
    answer = await server.submit(entry);
  } catch (error) {
    if (error instanceof Refused) await drop("unsent", statement);
    await offerUnsent();
    throw error instanceof Unreached ? new Unreached(say("unreached-signed")) : error;
  }
  const { kept: as, proof } = answer;
  const checked = as === "recorded" ? await server.ask("desk_receipt", { entry, proof, log }) : null;
  const key = (await keys()).find((own) => own.vkey === vkey);
  const left = [];
  for (const text of texts) await moving(text, key).catch((error) => left.push(error));
  if (left.length === 0) await drop("unsent", statement);
  await offerUnsent();
  tabs.postMessage("said");
  const trouble = await refresh().then(() => null, (error) => error);
  receive({ statement, entry, proof, checked, left });
  if (trouble) throw trouble; // it is recorded all the same, and its receipt is shown
}

function receive({ statement, entry, proof, checked, left }) {
  const words = checked ? say("recorded", { statement, index: checked.index, size: checked.size }) : say("promised", { statement });
  part("receipt-words").replaceChildren(words);
  if (left.length > 0) part("receipt-words").append(" ", say("not-put-by", { text: left.map(refusal).join("; ") }));
  part("receipt").textContent = proof;
  part("receipt-files").replaceChildren(
    file(`${statement.slice(0, 16)}.signed`, entry, say("save-statement")), " ",
    file(`${statement.slice(0, 16)}.${checked ? "tlog-proof" : "intake"}`, proof, say("save-receipt")));
  work.hidden = false;
  step("receipt");
  work.dataset.statement = statement;
  part("receipt-title").focus();
}

/** What was signed in this browser and is not in the record yet, or its texts are not in the vault. */
async function offerUnsent() {
  const all = Object.values(await kept("unsent"));
  const items = all.map((unsent) => {
    const button = element("button", { type: "button", "data-unsent": unsent.statement }, say("hand-in"));
    on(button, "click", async () => {
      ({ log } = await server.docket(""));
      await handIn(unsent);
    });
    return element("li", {}, button, " ", listed(name(unsent.type), unsent.statement.slice(0, 12)));
  });
  part("unsent").replaceChildren(...items);
  part("unsent-all").hidden = items.length === 0;
}

function file(named, text, words) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  return element("a", { href: url, download: named }, words);
}

function save(named, content) {
  file(named, content, named).click();
}
