// Verifies off the page's thread: the module (the command's own code) and the second implementation, each
// check told as it is made; then re-runs the method as often as it is asked to.

import { load } from "./module.mjs";
import { verifyBundle } from "./verify.mjs";

let loading = null;

/** The module, loaded once. */
function loaded({ address, digest }) {
  loading ??= load(address, digest, (check) => postMessage({ is: "check", by: "module", check }));
  return loading;
}

async function open({ module, bundle, trust }) {
  const bytes = new Uint8Array(bundle);
  const second = await verifyBundle(bytes, trust, (check) => postMessage({ is: "check", by: "second", check }));
  postMessage({ is: "verdict", by: "second", answer: second });
  const ask = await loaded(module);
  // Bytes that are not UTF-8 become replacement characters here, and then the digest does not hold.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const request = trust === null ? { bundle: text } : { bundle: text, trust };
  postMessage({ is: "verdict", by: "module", answer: ask("open", request) });
}

async function rerun({ changes }) {
  const ask = await loading;
  postMessage({ is: "rerun", changes, answer: ask("rerun", { changes }) });
}

addEventListener("message", async ({ data }) => {
  try {
    await { open, rerun }[data.ask](data);
  } catch (error) {
    loading = null;
    postMessage({ is: "problem", text: error.message });
  }
});
