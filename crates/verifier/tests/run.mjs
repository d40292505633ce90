// Runs the wasm module on requests, one JSON file each; prints each answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [wasm, ...requests] = process.argv.slice(2);
const heard = [];
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {
  solferino: { told: (at, length) => heard.push(text(at, length)) },
});
const { memory, solferino_alloc, solferino_free, ...run } = instance.exports;

function text(at, length) {
  return new TextDecoder().decode(new Uint8Array(memory.buffer, at, length));
}

function ask(name, request) {
  const at = solferino_alloc(request.length);
  new Uint8Array(memory.buffer, at, request.length).set(request);
  const packed = BigInt.asUintN(64, run[name](at, request.length));
  const [answerAt, length] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
  const answer = text(answerAt, length);
  solferino_free(answerAt, length);
  return answer;
}

for (const file of requests) {
  const request = readFileSync(file);
  const { changes, ...bundle } = JSON.parse(request);
  const answer = ask(changes ? "solferino_replay" : "solferino_verify", request);
  process.stdout.write(answer + "\n");

  // The kept bundle says the same: each check once as it is made, and the re-run.
  heard.length = 0;
  const opened = JSON.parse(ask("solferino_open", Buffer.from(JSON.stringify(bundle))));
  assert.deepEqual(heard.map((check) => JSON.parse(check)), opened.checks ?? []);
  const { rerun, ...verified } = JSON.parse(answer);
  assert.deepEqual({ ...opened, rerun: undefined }, { ...verified, rerun: undefined });
  if (rerun) assert.deepEqual(JSON.parse(ask("solferino_rerun", Buffer.from(JSON.stringify({ changes })))), rerun);
}
