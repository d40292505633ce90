// A WebAssembly module of this server: fetched, its digest compared with the one the page shows, and its
// functions from JSON text to JSON text.

import { hex, sha256 } from "./verify-bytes.mjs";

/**
 * @param {string} address of the module
 * @param {string} digest that its bytes must have, hex
 * @param {(value: object) => void} told hears what the module says while it works
 * @returns {Promise<(name: string, request: object) => object>}
 */
export async function load(address, digest, told = () => {}) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const found = hex(await sha256(bytes));
  if (found !== digest) throw new Error(`the module's digest is ${found}, this page was made for ${digest}`);
  let memory;
  const text = (at, length) => new TextDecoder().decode(new Uint8Array(memory.buffer, at, length));
  const { instance } = await WebAssembly.instantiate(bytes, {
    solferino: { told: (at, length) => told(JSON.parse(text(at >>> 0, length >>> 0))) },
  });
  memory = instance.exports.memory;
  return (name, request) => {
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const at = instance.exports.solferino_alloc(bytes.length) >>> 0;
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const packed = BigInt.asUintN(64, instance.exports[`solferino_${name}`](at, bytes.length));
    const [answerAt, length] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
    const answer = text(answerAt, length);
    instance.exports.solferino_free(answerAt, length);
    return JSON.parse(answer);
  };
}
