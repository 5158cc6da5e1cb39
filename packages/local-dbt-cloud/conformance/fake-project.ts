import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A stand-in for dbt, so that rules about runs need neither Python nor a warehouse. It writes the artifacts that dbt
 * writes, and does what the words of its command say: `fail` fails, `wait` waits to be ended, `chatty`
 * prints 1,500 lines.
 */
const DBT = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require("node:fs");
const words = process.argv.slice(2);
const { DBT_TARGET_PATH: target, DBT_LOG_PATH: logs } = process.env;
mkdirSync(target, { recursive: true });
mkdirSync(logs, { recursive: true });
const results = { results: [{ unique_id: "model.conformance.a" }] };
writeFileSync(logs + "/dbt.log", "the whole log");
writeFileSync(target + "/manifest.json", JSON.stringify({ made_by: words[0] }));
writeFileSync(target + (words[0] === "source" ? "/sources.json" : "/run_results.json"), JSON.stringify(results));
console.log("dbt " + words.join(" "));
if (words.includes("chatty")) for (let i = 0; i < 1500; i++) console.log("line " + i);
if (words.includes("wait")) setInterval(() => {}, 1000);
else process.exitCode = words.includes("fail") ? 1 : 0;
`;

/** A dbt project in a temporary folder. */
export interface FakeProject {
  readonly folder: string;
  remove(): void;
}

/** Makes a dbt project with the stand-in as its dbt. */
export function makeFakeProject(): FakeProject {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  const bin = join(folder, ".venv", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, "dbt_project.yml"), "name: conformance\nprofile: conformance\n");
  writeFileSync(join(bin, "dbt"), DBT);
  chmodSync(join(bin, "dbt"), 0o755);
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
