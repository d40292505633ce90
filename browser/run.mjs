// `node run.mjs [FILTER]`: plays one demonstration record, and runs the tests whose file name holds FILTER,
// one file after the other, each on a copy of it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { solferino } from "./harness.mjs";

const filter = process.argv[2] ?? "";
const here = fileURLToPath(new URL("./tests/", import.meta.url));
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs") && name.includes(filter))
  .map((name) => join(here, name));
if (files.length === 0) {
  console.error(`no test file of browser/tests has "${filter}" in its name`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "solferino-demo-"));
try {
  const demo = join(folder, "demo");
  solferino("demo", "--no-serve", "--dir", demo);
  const args = ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files];
  const env = { ...process.env, SOLFERINO_DEMO: demo };
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
