import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { itIf } from "../../support/requirement";
import { envFolder } from "../../support/env-folder";
import { runNode } from "../../support/run-program";
import { missingTerraformProvider, terraform } from "../../support/terraform-provider";

const ROOT = resolve(__dirname, "../../..");
const CDKTF = join(ROOT, "node_modules/cdktf-cli/bundle/bin/cdktf");
const missing = missingTerraformProvider();
const itWithProvider = itIf(missing);

/** The line of docs/leave-cdktf.md that corrects what cdktf wrote. */
const CORRECTION = /^perl .*$/m.exec(readFileSync(join(ROOT, "docs/leave-cdktf.md"), "utf8"))![0];

/** The folder that `cdktf synth --hcl` wrote. */
let output: string;
beforeAll(async () => {
  if (missing !== undefined) return;
  const home = envFolder({});
  output = join(home, "terraform");
  const run = await runNode([CDKTF, "synth", "--hcl", "--output", output], {
    cwd: ROOT,
    env: { HOME: home, CHECKPOINT_DISABLE: "1", CI: "1" },
  });
  expect(run).toMatchObject({ exitCode: 0 });
  const { status, stderr } = spawnSync("sh", ["-c", CORRECTION], { cwd: home, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

/** The result of the real terraform and provider for a stack's HCL. */
function validate(stack: string, change = (hcl: string): string => hcl): unknown {
  const hcl = readFileSync(join(output, `stacks/${stack}/cdk.tf`), "utf8");
  const folder = envFolder({ "main.tf": change(hcl) });
  const init = terraform(folder, "init", "-input=false", "-backend=false");
  if (init.status !== 0) throw new Error(init.output);
  const { output: said } = terraform(folder, "validate", "-json");
  return (JSON.parse(said.slice(said.indexOf("{"))) as { diagnostics: unknown }).diagnostics;
}

describe("terraform validate with the HCL of `cdktf synth --hcl`", () => {
  itWithProvider.each(["staging", "production"])("accepts %s", (stack) => {
    expect(validate(stack)).toEqual([]);
  });

  itWithProvider("refuses a nested attribute as a block, as cdktf's generator writes it", () => {
    const asBlock = (hcl: string): string => hcl.replace("execution = {", "execution {");
    expect(validate("staging", asBlock)).toMatchObject([{ severity: "error" }]);
  });
});
