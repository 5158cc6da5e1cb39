import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../packages/provider-dbtcloud/package.json";

/**
 * Whether terraform can use the provider on this machine, from a registry or from a mirror that `TF_CLI_CONFIG_FILE` names.
 *
 * @returns what is missing; undefined when terraform and the provider work
 */
export function missingTerraformProvider(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "terraform-"));
  try {
    const dbtcloud = { source: "dbt-labs/dbtcloud", version };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { dbtcloud } } }));
    const { error, status } = terraform(folder, "init", "-input=false");
    if (error) return "terraform is not on the PATH";
    return status === 0 ? undefined : `terraform cannot get the provider dbt-labs/dbtcloud ${version}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs terraform in a folder. */
export function terraform(
  folder: string,
  ...args: readonly string[]
): { error?: Error; status: number | null; output: string } {
  const { error, status, stdout, stderr } = spawnSync("terraform", [...args, "-no-color"], {
    cwd: folder,
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    encoding: "utf8",
  });
  return { error, status, output: `${stdout}${stderr}` };
}
