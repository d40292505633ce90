// What every browser test stands on: the built command on a fresh record on loopback, Debian's chromium
// with a fresh profile, and a watch that turns whatever leaves the origin, breaks the content security
// policy or complains on the console into a failure.

import { spawn, execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Longest time a server may take until it says where it listens, in milliseconds. */
const START_MS = 30_000;
/** Longest time a page may take for anything a test waits for, in milliseconds. */
export const PAGE_MS = 30_000;

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const CHROMIUM_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  "--disable-extensions",
  "--no-default-browser-check",
  "--password-store=basic",
];

/** The built command. */
export function binary() {
  const path = process.env.SOLFERINO_BIN;
  if (!path) throw new Error("SOLFERINO_BIN names no binary; `cargo xtask browser` builds one and sets it");
  return path;
}

/** Runs the command to its end; gives its standard output. */
export function solferino(...args) {
  return execFileSync(binary(), args, { encoding: "utf8", maxBuffer: 256 << 20 });
}

/** A folder that goes when the test ends. */
export async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "solferino-browser-"));
  t.after(() => rm(path, { recursive: true, force: true, maxRetries: 10 })); // a server may still write while it stops
  return path;
}

/** A fresh demonstration record in a folder of its own: a copy of the one `run.mjs` had played, or played now. */
export async function demoRecord(t) {
  const path = join(await folder(t), "demo");
  if (process.env.SOLFERINO_DEMO) await cp(process.env.SOLFERINO_DEMO, path, { recursive: true });
  else solferino("demo", "--no-serve", "--dir", path);
  return path;
}

/** A port that was free a moment ago; for a server that has to come back under the same address. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Serves a record on loopback until the test ends.
 * @returns {Promise<{origin: string, log: () => string, stop: () => Promise<void>}>}
 */
export async function serve(t, record, { port = 0, args = [] } = {}) {
  const child = spawn(binary(), ["serve", record, "--listen", `127.0.0.1:${port}`, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? "warn" },
  });
  let [out, log] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const stop = async () => {
    child.kill("SIGTERM");
    const { code, signal } = await ended;
    if (code !== 0 && signal !== "SIGTERM") throw new Error(`the server ended with ${code ?? signal}:\n${log}`);
  };
  const origin = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server did not start:\n${out}${log}`)), START_MS);
    ended.then(({ code }) => reject(new Error(`the server ended with ${code}:\n${out}${log}`)));
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
      const found = /http:\/\/[0-9.:]+/.exec(out);
      if (!found) return;
      clearTimeout(late);
      resolve(found[0]);
    });
  });
  let stopped = null;
  const once = () => (stopped ??= stop());
  t.after(once);
  return { origin, log: () => log, stop: once };
}

/** A browser of its own, closed when the test ends. */
export async function browser(t) {
  const started = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
  t.after(() => started.close());
  return started;
}

/**
 * A page of a fresh profile, watched: at the end of the test it has asked nobody but the origin, broken no
 * content security policy, thrown nothing and complained of nothing.
 */
export async function page(t, started, origin, options = {}) {
  const { allow = [], ...context } = options;
  const profile = await started.newContext({ locale: "en-GB", ...context });
  const seen = watch(profile, origin, allow);
  const opened = await profile.newPage();
  opened.setDefaultTimeout(PAGE_MS);
  opened.seen = seen;
  t.after(async () => {
    await profile.close();
    seen.fail();
  });
  return opened;
}

/** What a profile did; `allow` are patterns of console messages that a test provokes on purpose. */
function watch(profile, origin, allow) {
  const seen = { requests: [], foreign: [], violations: [], errors: [] };
  const note = (list, text) => {
    if (!allow.some((pattern) => pattern.test(text))) list.push(text);
  };
  profile.on("request", (request) => {
    const url = request.url();
    seen.requests.push(url);
    const here = url.startsWith(`${origin}/`) || url.startsWith(`blob:${origin}/`) || url.startsWith("data:");
    if (!here) seen.foreign.push(url);
  });
  profile.on("console", (message) => {
    const text = message.text();
    if (/content security policy/i.test(text)) note(seen.violations, text);
    else if (message.type() === "error") note(seen.errors, `${text} (${message.location().url})`);
  });
  profile.on("weberror", (error) => note(seen.errors, String(error.error()?.stack ?? error.error())));
  seen.fail = () => {
    const problems = ["foreign", "violations", "errors"].filter((kind) => seen[kind].length > 0);
    if (problems.length === 0) return;
    throw new Error(problems.map((kind) => `${kind}:\n  ${seen[kind].join("\n  ")}`).join("\n"));
  };
  return seen;
}
