// What the desk asks of the server, and of the module beside it.

import { sign } from "./desk-keys.mjs";
import { decode64, encode64, hex, sha256, utf8 } from "./verify-bytes.mjs";

/** The log, or the rules in this browser, did not take a statement: a code, what happened, what to do next. */
export class Refused extends Error {
  constructor({ code, detail, hint }) {
    super(`${code}: ${detail}`);
    Object.assign(this, { code, detail, hint });
  }
}

/** The server was not reached, or the connection was lost. */
export class Unreached extends Error {}

async function asked(address, options = {}) {
  try {
    return await fetch(address, { cache: "no-store", ...options });
  } catch (error) {
    throw new Unreached(error.message);
  }
}

/** What an answer says went wrong. */
async function wrong(answer) {
  const text = await answer.text();
  try {
    const { code, message, hint } = JSON.parse(text);
    return new Refused({ code, detail: message, hint });
  } catch {
    return new Error(`${answer.status} ${answer.statusText}`);
  }
}

export class Server {
  #origin;
  #module;
  #worker = new Worker(new URL("./module-worker.mjs", import.meta.url), { type: "module" });
  #asked = new Map();
  #last = 0;

  constructor({ module, digest, origin }) {
    this.#origin = origin;
    this.#module = { address: module, digest };
    this.#worker.addEventListener("message", ({ data: { id, answer, problem } }) => {
      const { resolve, reject } = this.#asked.get(id);
      this.#asked.delete(id);
      const wrong = problem ?? answer.problem;
      if (wrong) reject(new Error(wrong));
      else resolve(answer);
    });
  }

  /** A function of the module. */
  ask(name, request) {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    this.#worker.postMessage({ id, module: this.#module, name, request });
    return answer;
  }

  vkey = (name, raw) => this.ask("desk_vkey", { name, public: encode64(raw) });

  /** Opens the docket of a case, or the one of all that is waiting. */
  async docket(of) {
    const answer = await asked(`/desk/docket${of ? `?case=${encodeURIComponent(of)}` : ""}`);
    if (!answer.ok) throw await wrong(answer);
    const { entries, now } = await answer.json();
    return this.ask("desk_open", { entries, now: now ?? moment() });
  }

  async #authorised(key, ...lines) {
    const text = lines.map((line) => `${line}\n`).join("");
    return { Authorization: `Solferino ${key.vkey} ${encode64(await sign(key, utf8(text)))}` };
  }

  /** What opens a statement that the command sealed beside the record, if this key may read it. */
  async opening(key, statement) {
    const headers = await this.#authorised(key, "solferino.org/opening@v1", this.#origin, statement, "-");
    const answer = await asked(`/desk/openings/${statement}`, { headers });
    return answer.status === 200 ? answer.json() : null;
  }

  /** With which key each member reads, as it has signed. */
  async readings() {
    const answer = await asked("/desk/readings");
    if (!answer.ok) throw await wrong(answer);
    return answer.json();
  }

  /** Says with which key this one reads. */
  async sayReading({ vkey, key, reading: { recipient } }, now) {
    const text = ["solferino.org/reading-key@v1", this.#origin, recipient, now].map((line) => `${line}\n`).join("");
    const said = { key: vkey, recipient, time: now, signature: encode64(await sign({ key }, utf8(text))) };
    const headers = { "Content-Type": "application/json" };
    const answer = await asked("/desk/readings", { method: "PUT", headers, body: JSON.stringify(said) });
    if (!answer.ok) throw await wrong(answer);
    return said;
  }

  /** What was handed to this key in a case, and who has a copy of what. */
  async copies(key, of) {
    const headers = await this.#authorised(key, "solferino.org/copies@v1", this.#origin, of);
    const answer = await asked(`/desk/copies?case=${encodeURIComponent(of)}`, { headers });
    if (!answer.ok) throw await wrong(answer);
    return answer.json();
  }

  /** Keeps a sealed copy for a reader. */
  async keepCopy(key, statement, what, reader, body) {
    const digest = hex(await sha256(body));
    const headers = await this.#authorised(key, "solferino.org/copy@v1", this.#origin, statement, what, reader, digest);
    const answer = await asked(`/desk/copies/${statement}/${what}/${reader}`, { method: "PUT", headers, body });
    if (!answer.ok) throw await wrong(answer);
  }

  /** A content of the vault that this key may read, with the hash it should have. */
  async content(key, digest) {
    const headers = await this.#authorised(key, "solferino.org/content@v1", this.#origin, digest);
    const answer = await asked(`/desk/contents/${digest}`, { headers });
    if (!answer.ok) throw await wrong(answer);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const found = hex(await sha256(bytes));
    if (found !== digest) throw new Error(`${digest}: ${found}`);
    return bytes;
  }

  /** Puts a content into the vault; `moved` hears the share that is on its way. */
  async upload(key, bytes, moved) {
    const digest = hex(await sha256(bytes));
    const { Authorization } = await this.#authorised(key, "solferino.org/upload@v1", this.#origin, digest);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", `/api/v1/exhibits/${digest}`);
      request.setRequestHeader("Authorization", Authorization);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = ({ loaded, total }) => moved(total ? loaded / total : 0);
      request.onerror = () => reject(new Unreached("upload"));
      request.onload = () => {
        if (request.status === 200 || request.status === 201) resolve(request.response);
        else if (request.response?.code) reject(new Refused({ ...request.response, detail: request.response.message }));
        else reject(new Error(String(request.status)));
      };
      request.send(bytes);
    });
  }

  /** The entry of a draft, signed, and what the rules say of it. */
  async finish(key, { payload, sign: bytes }) {
    const signature = encode64(await sign(key, decode64(bytes)));
    return this.ask("desk_finish", { key: key.vkey, payload, signature });
  }

  /** Hands an entry in: `{kept: "recorded" | "promised", proof}`. */
  async submit(entry) {
    const headers = { "Content-Type": "application/vnd.dsse+json" };
    const answer = await asked("/api/v1/statements", { method: "POST", headers, body: entry });
    if (answer.status === 200 || answer.status === 201) return { kept: "recorded", proof: await answer.text() };
    if (answer.status === 202) return { kept: "promised", proof: await answer.text() };
    throw await wrong(answer);
  }
}

/** This moment, in whole seconds of UTC. */
export function moment() {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
