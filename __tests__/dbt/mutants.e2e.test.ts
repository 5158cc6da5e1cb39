import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, type Manifest } from "./dbt";
import { missingModule, python } from "./python";
import { shippedWarehouse } from "./warehouses";

const itWithTools = itIf(missingModule("sqlglot"));
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

/** Below the measured 85 % of `npm run mutants -- --sample 300`. docs/testing.md has the figures. */
const LEAST_CAUGHT_OF_100 = 0.75;

/** Plants mistakes, and gives the output and the number of mistakes and survivors. */
function plant(target: string, ...args: string[]) {
  const { file } = shippedWarehouse(folder);
  const place = ["--warehouse", file, "--target", target, "--processes", "1"];
  const { status, stdout, stderr } = python("__tests__/dbt/mutants/main.py", ...place, ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const [, mistakes, survived] = /^(\d+) mistakes, (\d+) survived/m.exec(stdout)!;
  return { stdout, mistakes: Number(mistakes), survived: Number(survived) };
}

describe("mistakes in the models' SQL", () => {
  itWithTools("are caught by the dbt tests, in a sample of 100", () => {
    const { mistakes, survived } = plant(shippedWarehouse(folder).target, "--sample", "100");
    expect(mistakes).toBeGreaterThan(80);
    expect(1 - survived / mistakes).toBeGreaterThanOrEqual(LEAST_CAUGHT_OF_100);
  });

  itWithTools("survive without tests, and each survivor is written with its diff", () => {
    const target = join(folder.path, "without-tests");
    cpSync(join(shippedWarehouse(folder).target, "manifest.json"), join(target, "manifest.json"), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(target, "manifest.json"), "utf8")) as Manifest;
    const models = Object.entries(manifest.nodes).filter(([, node]) => node.resource_type !== "test");
    const without = { ...manifest, nodes: Object.fromEntries(models), unit_tests: {} };
    writeFileSync(join(target, "manifest.json"), JSON.stringify(without));
    const file = join(folder.path, "survivors.diff");
    const { mistakes, survived } = plant(target, "--models", "int_platform_channels", "--survivors", file);
    expect(survived).toBeGreaterThan(mistakes / 2);
    const survivors = readFileSync(file, "utf8");
    expect(survivors.match(/^--- int_platform_channels: \w+ in \w+/gm)).toHaveLength(survived);
    expect(survivors.match(/^@@ /gm)!.length).toBeGreaterThanOrEqual(survived);
  });
});
