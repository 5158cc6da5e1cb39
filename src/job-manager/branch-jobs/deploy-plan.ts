import { createHash } from "node:crypto";
import { knownVariables, readOverrides, type Override } from "../../dbt-cloud/environment-variables";
import { listJobs } from "../../dbt-cloud/jobs";
import { environmentIdByName } from "../../jobs/reference";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";
import { checkKeys, type BranchTarget } from "../target";
import { takeInventory } from "./inventory";
import { obstaclesOf, type Obstacle } from "./obstacles";
import { overridesToRead, planDeploy, type PlanInput, type PlannedJob } from "./plan";
import { payloadOf, wantedJobs, type WantedJob } from "./wanted";

/** What a deploy may change. */
export interface DeployScope {
  /** The env file. */
  readonly config: string;
  /** The keys of the jobs that may change; empty means all. */
  readonly only: readonly string[];
  /**
   * Adopts unmarked jobs that have the branch's names.
   *
   * @default false
   */
  readonly adopt?: boolean;
  /**
   * Reads every job's own values of environment variables, also where the mark shows no change.
   *
   * @default false
   */
  readonly full?: boolean;
}

/** The plan of a deploy, and everything that was read for it. */
export interface DeployPlan {
  readonly input: PlanInput;
  /** If there are any, the deploy cannot start, and the plan is empty. */
  readonly obstacles: readonly Obstacle[];
  readonly plan: readonly PlannedJob[];
  /**
   * The SHA-256 digest of everything that the plan writes, and of where: dbt Cloud's address, account, project and environment, the
   * branch and the person, and each change with its complete job.
   */
  readonly hash: string;
}

/** Branches that Terraform applies, independent of the env files. */
const PROTECTED_BRANCHES = ["main", "master", "production"];

/** The id of a job that does not exist yet, in a digest. */
const NEW_JOB = 0;

/**
 * Reads dbt Cloud and makes the plan of a deploy. It changes nothing.
 *
 * @throws CommandError when a key is unknown
 * @throws DbtCloudError when a request fails
 */
export async function readDeployPlan(target: BranchTarget, scope: DeployScope): Promise<DeployPlan> {
  const { input, variables } = await readInput(target, wantedJobs(target.environment, target.branch), scope);
  checkKeys(scope.only, knownKeys(input), scope.config);
  const obstacles = obstaclesOf({ ...input, branch: target.branch, knownVariables: variables });
  const plan = obstacles.length > 0 ? [] : planDeploy(input);
  return { input, obstacles, plan, hash: hashOf(plan, input, target) };
}

/**
 * Refuses a branch whose jobs Terraform applies.
 *
 * @throws CommandError with what to do in its place
 */
export function refuseProtected({ branch, beside }: BranchTarget): void {
  const { ref } = branch.owner;
  const byTerraform = beside.flatMap(({ git_branch }) => (git_branch === undefined ? [] : [git_branch]));
  if (![...PROTECTED_BRANCHES, ...byTerraform].includes(ref)) return;
  throw new CommandError(
    EXIT.usage,
    `${ref} has no branch jobs, because Terraform applies its jobs after a merge; check out a feature branch`,
  );
}

interface Input {
  readonly input: PlanInput;
  /** The names of the project's environment variables. */
  readonly variables: ReadonlySet<string>;
}

/** Everything that the plan needs. Requests run in parallel. */
async function readInput(
  { client, where, branch, beside, environment }: BranchTarget,
  wanted: readonly WantedJob[],
  { adopt = false, full = false, only }: DeployScope,
): Promise<Input> {
  const [records, variables] = await Promise.all([
    listJobs(client, where, { likelyTotal: wanted.length }),
    knownVariables(client, where.projectId),
  ]);
  const environmentIdOf = (name: string): number => requireEnvironmentId([environment, ...beside], name);
  const unread = {
    wanted,
    inventory: takeInventory(branch, Object.keys(environment.jobs), records, adopt),
    ids: { accountId: client.accountId, environmentIdOf },
    only: only.length > 0 ? only : undefined,
  };
  const read = overridesToRead(unread, full).map(
    async (id) => [id, await readOverrides(client, where.projectId, id)] as const,
  );
  const overrides = new Map<number, Map<string, Override>>(await Promise.all(read));
  return { input: { ...unread, overrides }, variables };
}

function requireEnvironmentId(environments: readonly BranchTarget["environment"][], name: string): number {
  const id = environmentIdByName(environments, name);
  if (id !== undefined) return id;
  throw new CommandError(
    EXIT.configuration,
    `jobs defer to the environment ${name}, but its env file is missing or not valid; \`dbt-job-manager validate\` shows the reason`,
  );
}

function knownKeys({ wanted, inventory }: PlanInput): string[] {
  return [...new Set([...wanted.map(({ key }) => key), ...inventory.own.map(({ mark }) => mark.key)])];
}

function hashOf(
  plan: readonly PlannedJob[],
  { ids, inventory }: PlanInput,
  { client, branch, where }: BranchTarget,
): string {
  const jobIdOf = (key: string): number => inventory.byKey.get(key)?.record.id ?? NEW_JOB;
  const changes = plan.flatMap((job): unknown[] => {
    if (job.action === "unchanged") return [];
    if (job.action === "delete")
      return [{ action: job.action, key: job.key, id: job.record.id, name: job.record.name }];
    const { action, wanted, overrides } = job;
    const id = action === "update" ? job.record.id : undefined;
    const before = action === "update" ? job.differences : [];
    const payload = payloadOf(wanted, { ...ids, jobIdOf }, id);
    return [{ action, id, key: wanted.key, definition: wanted.definition, payload, before, overrides }];
  });
  const place = { account: client.pageUrl(""), where, owner: branch.owner, schema: branch.schema };
  return createHash("sha256").update(JSON.stringify({ place, changes })).digest("hex");
}
