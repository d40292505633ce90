// What the desk asks of the server, and of the module beside it.

import { sign } from "./desk-keys.mjs";
import { decode64, encode64, hex, sha256, utf8 } from "./verify-bytes.mjs";

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
    const answer = await fetch(`/desk/docket${of ? `?case=${encodeURIComponent(of)}` : ""}`, { cache: "no-store" });
    if (!answer.ok) throw new Error((await answer.json()).message);
    const { entries, now } = await answer.json();
    const moment = now ?? `${new Date().toISOString().slice(0, 19)}Z`;
    return this.ask("desk_open", { entries, now: moment });
  }

  async #authorised(key, text) {
    return { Authorization: `Solferino ${key.vkey} ${encode64(await sign(key, utf8(text)))}` };
  }

  /** What opens a sealed statement, if this key may read it and it was put by. */
  async opening(key, statement) {
    const headers = await this.#authorised(key, `solferino.org/opening@v1\n${this.#origin}\n${statement}\n-\n`);
    const answer = await fetch(`/desk/openings/${statement}`, { headers, cache: "no-store" });
    return answer.status === 200 ? answer.json() : null;
  }

  /** Puts by what opens a statement of this key, for those who may read it. */
  async keepOpening(key, statement, opening) {
    const body = utf8(JSON.stringify(opening));
    const digest = hex(await sha256(body));
    const text = `solferino.org/opening@v1\n${this.#origin}\n${statement}\n${digest}\n`;
    const headers = await this.#authorised(key, text);
    const answer = await fetch(`/desk/openings/${statement}`, { method: "PUT", headers, body });
    if (!answer.ok) throw new Error((await answer.json()).message);
  }

  /** Puts a content into the vault; `moved` hears the share that is on its way. */
  async upload(key, bytes, moved) {
    const digest = hex(await sha256(bytes));
    const headers = await this.#authorised(key, `solferino.org/upload@v1\n${this.#origin}\n${digest}\n`);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", `/api/v1/exhibits/${digest}`);
      request.setRequestHeader("Authorization", headers.Authorization);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = ({ loaded, total }) => moved(total ? loaded / total : 0);
      request.onerror = () => reject(new Error("network"));
      request.onload = () => {
        if (request.status === 200 || request.status === 201) resolve(request.response);
        else reject(new Error(request.response?.message ?? String(request.status)));
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
    const answer = await fetch("/api/v1/statements", { method: "POST", headers, body: entry });
    const text = await answer.text();
    if (answer.status === 200 || answer.status === 201) return { kept: "recorded", proof: text };
    if (answer.status === 202) return { kept: "promised", proof: text };
    const { code, message, hint } = JSON.parse(text);
    throw new Error(`${code}: ${message} (${hint})`);
  }
}
