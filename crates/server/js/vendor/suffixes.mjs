// Makes ../aid-suffixes.mjs from the rules that the crate psl carries, so that the page and the guard know the same ones:
//   node suffixes.mjs FOLDER-OF-THE-CRATE
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { domainToASCII, fileURLToPath } from "node:url";

const rules = readFileSync(join(process.argv[2], "data/rules.txt"), "utf8").split("\n").map((line) => line.trim()).filter((line) => line !== "");
const tops = new Map();
for (const rule of rules) {
  const [, mark, name] = /^(!|\*\.)?(.+)$/u.exec(rule);
  const labels = domainToASCII(name).split(".");
  if (labels.includes("")) throw new Error(`no name: ${rule}`);
  const top = labels.pop();
  const below = tops.get(top) ?? [];
  tops.set(top, [...below, `${mark ?? ""}${labels.join(".")}` || "-"]);
}
const lines = [...tops].map(([top, below]) => [top, ...below.sort()].join(" ")).sort();
const head = `// Suffixes under which anybody can have a name (https://publicsuffix.org, MPL-2.0), as the crate psl has them. Made by
// vendor/suffixes.mjs; not to be changed by hand. A line holds a last label, then what stands before it in each rule: "-" for
// the label itself, "*." for every name, "!" for an exception.
`;
writeFileSync(fileURLToPath(new URL("../aid-suffixes.mjs", import.meta.url)), `${head}export const RULES = \`${lines.join("\n")}\`;\n`);
