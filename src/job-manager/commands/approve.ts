import { readDeployPlan, refuseProtected } from "../branch-jobs/deploy-plan";
import type { PlannedJob } from "../branch-jobs/plan";
import { Approvals } from "../agent/approvals";
import { tokenOf } from "../connection";
import { EXIT } from "../exit-codes";
import { printable } from "../../jobs/printable";
import { counted } from "../output/counted";
import { planText } from "../output/plan-text";
import { openBranchTarget } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface ApproveOptions {
  readonly config: string;
  /** The hash of the plan, as `plan --json` and the tool `plan` show it. */
  readonly hash: string;
  /** The keys of the jobs that may change; empty means all. */
  readonly only: readonly string[];
  /** How long the approval is valid, in minutes. */
  readonly minutes: number;
}

/**
 * Asks the person in the terminal to approve a plan, so that a program can apply it once. The plan is made again and shown first.
 *
 * @throws CommandError when there is no terminal, the plan now has another hash, or the person says no
 */
export async function approve(
  { config, hash, only, minutes }: ApproveOptions,
  dependencies: CommandDependencies,
): Promise<CommandResult> {
  const { ask, progress, env, now, colors } = dependencies;
  if (!ask) {
    throw new CommandError(
      EXIT.failed,
      "approve asks a person, so it needs a terminal; run it in a shell, without a pipe and without --json. Nothing was approved.",
    );
  }
  const target = openBranchTarget(config, "approve", dependencies);
  refuseProtected(target);
  const { plan, obstacles, hash: current } = await readDeployPlan(target, { config, only });
  if (obstacles.length > 0) {
    throw new CommandError(
      EXIT.failed,
      `${counted(obstacles.length, "obstacle")} must be removed first; \`dbt-job-manager plan\` shows them. Nothing was approved.`,
    );
  }
  if (current !== hash) {
    throw new CommandError(EXIT.failed, [
      `the plan of this branch does not have the hash ${hash}: the files or dbt Cloud have changed, or --config and --only differ. ` +
        "Nothing was approved.",
      `present hash: ${current}`,
      "Ask for a new plan, and approve its hash",
    ]);
  }
  progress.note([planText(plan, target.branch, colors), ...stepLines(plan)].join("\n"));
  const { ref, user } = target.branch.owner;
  const question = `Approve this plan of branch ${printable(ref)} for ${counted(minutes, "minute")}?`;
  if (!(await ask(question))) throw new CommandError(EXIT.failed, "Nothing was approved.");
  new Approvals(env, tokenOf(env)!).add({ hash, by: user, minutes, now });
  return { exitCode: EXIT.ok, text: `Approved once, for ${counted(minutes, "minute")}: ${hash}` };
}

/** The commands of new jobs, because the plan only has their number. */
function stepLines(plan: readonly PlannedJob[]): string[] {
  return plan.flatMap((job) => {
    if (job.action !== "create") return [];
    const { key, definition } = job.wanted;
    return [`${key} executes:`, ...definition.execute_steps.map((step) => `    ${step}`)].map(printable);
  });
}
