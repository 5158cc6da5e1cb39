import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";
import { readPlan, type TerraformPlan } from "./plan-file";

/** The file that `cdktf diff` leaves in the folder of a stack. */
const PLAN = "plan";
/** The file that synthesis writes there. */
const STACK = "cdk.tf.json";
const MAXIMUM_BYTES = 2 ** 29;

/**
 * The plan that `cdktf diff` made of a stack.
 *
 * @param project the folder of the project
 * @throws CommandError when there is no plan, when it is older than the stack, or when terraform cannot read it
 */
export function stackPlan(project: string, stack: string): TerraformPlan {
  const folder = join(project, "cdktf.out", "stacks", stack);
  const plan = join(folder, PLAN);
  const diff = `run \`npx cdktf diff ${stack}\``;
  if (!existsSync(plan)) throw new CommandError(EXIT.failed, `${diff} first: there is no plan in ${plan}`);
  if (statSync(join(folder, STACK)).mtimeMs > statSync(plan).mtimeMs) {
    throw new CommandError(EXIT.failed, `${diff} again: ${plan} is older than the stack beside it`);
  }
  const { error, status, stdout, stderr } = spawnSync("terraform", ["show", "-json", PLAN], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: MAXIMUM_BYTES,
  });
  if (error) throw new CommandError(EXIT.failed, `install terraform, which reads the plan: ${error.message}`);
  if (status !== 0)
    throw new CommandError(EXIT.failed, [`${diff} again: terraform cannot read ${plan}`, ...stderr.trim().split("\n")]);
  return readPlan(stdout, plan);
}

/**
 * A plan from a file in JSON.
 *
 * @throws CommandError when the file is missing or no plan
 */
export function planIn(file: string): TerraformPlan {
  try {
    return readPlan(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(EXIT.configuration, `--plan ${file} cannot be read: ${(error as Error).message}`);
  }
}
