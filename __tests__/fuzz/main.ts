import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/** `npm run fuzz`: see docs/testing.md. */
const { values } = parseArgs({ options: { seed: { type: "string" }, runs: { type: "string", default: "6000" } } });
const seed = values.seed ?? String(Date.now() % 1_000_000);
console.log(`seed ${seed}, ${values.runs} inputs for each parser`);
const { status } = spawnSync(
  process.execPath,
  [
    require.resolve("jest/bin/jest"),
    ...["--selectProjects", "unit", "--testPathPatterns", "__tests__/fuzz", "--testTimeout", "3600000"],
  ],
  { stdio: "inherit", env: { ...process.env, FUZZ_SEED: seed, FUZZ_RUNS: values.runs } },
);
process.exitCode = status ?? 1;
