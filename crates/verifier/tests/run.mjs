// Runs the wasm module on requests, one JSON file each; prints each answer's length and text.
import { readFileSync } from "node:fs";

const [wasm, ...requests] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {});
const { memory, solferino_alloc, solferino_free, solferino_verify, solferino_replay } = instance.exports;

for (const file of requests) {
  const request = readFileSync(file);
  const at = solferino_alloc(request.length);
  new Uint8Array(memory.buffer, at, request.length).set(request);
  const run = JSON.parse(request).changes ? solferino_replay : solferino_verify;
  const packed = BigInt.asUintN(64, run(at, request.length));
  const [answerAt, length] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
  const answer = new TextDecoder().decode(new Uint8Array(memory.buffer, answerAt, length));
  solferino_free(answerAt, length);
  process.stdout.write(answer + "\n");
}
