import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./programs";

const STACKS = join(ROOT, "cdktf.out", "stacks");

/**
 * Applies a synthesized stack with the real terraform and provider in a temporary folder, and plans again.
 *
 * @returns terraform's summary, or the reason why terraform could not run
 */
export function applyStack(
  stack: string,
  env: Readonly<Record<string, string>>,
): { applied: boolean; message: string } {
  const folder = mkdtempSync(join(tmpdir(), `rehearsal-${stack}-`));
  const terraform = (...args: string[]): { status: number | null; output: string; missing: boolean } => {
    const { status, stdout, stderr, error } = spawnSync("terraform", [...args, "-no-color", "-input=false"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ...env, CHECKPOINT_DISABLE: "1" },
    });
    return { status, output: `${stdout}${stderr}`, missing: error !== undefined };
  };
  try {
    copyFileSync(join(STACKS, stack, "cdk.tf.json"), join(folder, "cdk.tf.json"));
    keepLocal(join(folder, "cdk.tf.json"), env);
    const init = terraform("init");
    if (init.missing) return { applied: false, message: "terraform is not on the PATH" };
    if (init.status !== 0) return { applied: false, message: "terraform cannot get the provider here" };
    const apply = terraform("apply", "-auto-approve");
    if (apply.status !== 0) throw new Error(`terraform apply of ${stack} failed:\n${apply.output}`);
    const again = terraform("plan", "-detailed-exitcode");
    if (again.status !== 0) throw new Error(`the second plan of ${stack} is not empty:\n${again.output}`);
    const [summary] = /Apply complete!.*/.exec(apply.output) ?? ["applied"];
    return { applied: true, message: `${summary} Second plan: no changes.` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A rehearsal never uses the real account or its state, even if the shell's env vars name them. */
function keepLocal(file: string, env: Readonly<Record<string, string>>): void {
  const stack = JSON.parse(readFileSync(file, "utf8")) as { terraform: { backend: unknown }; provider: unknown };
  stack.terraform.backend = { local: { path: "rehearsal.tfstate" } };
  const account_id = Number(env["DBTCLOUD_ACCOUNT_ID"]);
  stack.provider = { dbtcloud: [{ account_id, host_url: `${env["DBTCLOUD_HOST_URL"]}/api` }] };
  writeFileSync(file, JSON.stringify(stack));
}
