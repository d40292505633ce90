// Runs the module off the page's thread: one question, one answer.

import { load } from "./module.mjs";

let loading = null;

addEventListener("message", async ({ data: { id, module, name, request } }) => {
  try {
    loading ??= load(module.address, module.digest);
    postMessage({ id, answer: (await loading)(name, request) });
  } catch (error) {
    loading = null;
    postMessage({ id, problem: error.message });
  }
});
