import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gitRepository } from "./git-repository";

/**
 * A stand-in for dbt that writes results as dbt does. A selection of `tag:broken` has a failed test, unless it is a retry. The
 * stand-in prints its arguments.
 */
const SCRIPT = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const target = process.env.DBT_TARGET_PATH;
mkdirSync(target, { recursive: true });
const isBroken = args.includes("tag:broken");
const results = [
  { unique_id: "model.shop.orders", status: "success", message: "OK" },
  { unique_id: "test.shop.not_null_orders_id", status: isBroken ? "fail" : "pass",
    message: isBroken ? "Got 3 results, configured to fail if != 0" : null },
];
writeFileSync(target + "/manifest.json", "{}");
writeFileSync(target + "/run_results.json", JSON.stringify({ results }));
console.log("dbt " + args.join(" ") + " into " + process.env.DBT_SCHEMA);
process.exitCode = isBroken ? 1 : 0;
`;

/** Makes a git repository with a dbt project, the branch `feature/x`, and the stand-in in its .venv. */
export function fakeDbtProject(): string {
  const { folder, git, commit } = gitRepository();
  const dbt = join(folder, ".venv", "bin", "dbt");
  mkdirSync(join(folder, ".venv", "bin"), { recursive: true });
  writeFileSync(dbt, SCRIPT);
  chmodSync(dbt, 0o755);
  writeFileSync(join(folder, "dbt_project.yml"), "name: shop\nprofile: shop\n");
  git("add", "dbt_project.yml");
  commit("first");
  git("branch", "feature/x");
  return folder;
}
