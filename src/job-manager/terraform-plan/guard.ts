import type { EnvironmentDefinition } from "../../env-files/definition";
import type { Settings } from "../../env-files/settings";
import { wordOf } from "../branch-jobs/differences";
import { isLost, LOSS, type PlanChanges } from "./changes";
import { providerSetting, type TerraformPlan } from "./plan-file";

/** The env var that allows the guard to delete: keys of jobs, and addresses of other objects, separated by commas. */
export const ALLOW_DESTROY = "ALLOW_DESTROY";

/** The question that a guard answers. */
export interface GuardRequest {
  readonly plan: TerraformPlan;
  readonly changes: PlanChanges;
  /** The env file that the plan must be of. */
  readonly definition: EnvironmentDefinition;
  readonly settings: Pick<Settings, "accountId" | "host" | "hostIsDefault">;
  /** The keys and addresses that may be deleted: {@link allowedIn}. */
  readonly allowed: readonly string[];
  /**
   * The branch that the pipeline deploys.
   *
   * @default - no pipeline: the branch is not checked
   */
  readonly branch?: string;
}

/** A reason for which a plan must not be applied. */
export interface Refusal {
  readonly message: string;
  /** What the person can do. */
  readonly fix: string;
}

/** The objects whose deletion also deletes jobs. */
const HOLDS_JOBS = ["dbtcloud_environment", "dbtcloud_project"];

/** The keys and addresses in the value of {@link ALLOW_DESTROY}. */
export function allowedIn(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}

/**
 * Checks that a plan may be applied: it is a plan of this env file, for its branch, its account and its environment, and it
 * deletes no job that nobody named.
 *
 * @returns all reasons against the plan; none when it may be applied
 */
export function refusalsOf(request: GuardRequest): Refusal[] {
  return [...wrongPlace(request), ...wrongBranch(request), ...deletions(request)];
}

/**
 * The jobs in dbt Cloud that have the name of a job of the plan, and that neither the plan nor the state knows. A deploy that was
 * killed leaves such a job. So does a request that the provider repeats because it got no answer.
 *
 * @param idsOf the ids of the environment's jobs in dbt Cloud, by the key that their name stands for
 */
export function unknownJobs({ jobs }: PlanChanges, idsOf: ReadonlyMap<string, readonly number[]>): Refusal[] {
  return jobs.flatMap(({ action, key, jobId }) => {
    const others = (idsOf.get(key) ?? []).filter((id) => id !== jobId);
    return others.map((id, index) =>
      action === "create" && jobId === undefined && index === 0
        ? {
            message: `the plan creates the job ${key}, and dbt Cloud has a job with its name (job ${id}), which the state does not have`,
            fix: `add adopt_job_id: ${id} to the job in the env file, or delete job ${id} in dbt Cloud`,
          }
        : {
            message: `dbt Cloud has a second job with the name of ${key} (job ${id}), which the state does not have`,
            fix: `delete job ${id} in dbt Cloud`,
          },
    );
  });
}

function deletions({ changes, allowed, definition }: GuardRequest): Refusal[] {
  const keep = `keep it in the env file of ${definition.name}`;
  const jobs = changes.jobs.filter(isLost).map(({ key, action, jobId }) => ({
    name: key,
    message: `the plan ${action}s the job ${key}${jobId === undefined ? "" : ` (job ${jobId})`}: ${LOSS}`,
    otherwise: `${keep}; a job with a new key needs moved_from`,
  }));
  const holders = changes.others
    .filter((change) => isLost(change) && HOLDS_JOBS.includes(change.address.split(".")[0]!))
    .map(({ address, action }) => ({
      name: address,
      message: `the plan ${action}s ${address} with all jobs in it`,
      otherwise: keep,
    }));
  const refused = [...jobs, ...holders].filter(({ name }) => !allowed.includes(name));
  const all = [...new Set([...allowed, ...refused.map(({ name }) => name)])].join(",");
  return refused.map(({ message, otherwise }) => ({
    message,
    fix: `${otherwise}; to delete it, run the pipeline with ${ALLOW_DESTROY}=${all}`,
  }));
}

function wrongBranch({ branch, definition }: GuardRequest): Refusal[] {
  const { git_branch, name } = definition;
  if (branch === undefined || git_branch === undefined || branch === git_branch) return [];
  return [
    {
      message: `this pipeline deploys the branch ${branch}, and ${name} is deployed from ${git_branch}`,
      fix: `run it on ${git_branch}, or change git_branch in its env file`,
    },
  ];
}

function wrongPlace({ plan, changes, definition, settings }: GuardRequest): Refusal[] {
  const again = `run \`npx cdktf diff ${definition.name}\` again, with the env vars of this environment`;
  const refusals: Refusal[] = [];
  const account = providerSetting(plan, "account_id");
  if (settings.accountId !== undefined && account !== undefined && account !== settings.accountId) {
    refusals.push({
      message: `the plan is for the account ${JSON.stringify(account)}, and DBTCLOUD_ACCOUNT_ID is ${settings.accountId}`,
      fix: again,
    });
  }
  const host = providerSetting(plan, "host_url");
  if (!settings.hostIsDefault && host !== undefined && host !== `${settings.host}/api`) {
    refusals.push({
      message: `the plan is for ${JSON.stringify(host)}, and DBTCLOUD_HOST_URL is ${settings.host}`,
      fix: again,
    });
  }
  const planned = changes.jobs.filter(({ action }) => action !== "delete" && action !== "forget");
  const missing = Object.keys(definition.jobs).filter((key) => !planned.some((job) => job.key === key));
  const unknown = planned.filter(({ key }) => !Object.hasOwn(definition.jobs, key)).map(({ key }) => key);
  if (missing.length + unknown.length > 0) {
    refusals.push({
      message: `the plan is of another version of the env file of ${definition.name}; it differs in ${[...missing, ...unknown].join(", ")}`,
      fix: again,
    });
  }
  if ("id" in definition.environment) {
    const { id } = definition.environment;
    for (const job of changes.jobs) {
      const moved = job.differences.find(({ field }) => field === "environment_id");
      if (moved === undefined) continue;
      refusals.push({
        message: `the plan moves the job ${job.key} from the environment ${wordOf(moved.before)} to ${wordOf(moved.after)}`,
        fix: `the env file of ${definition.name} has environment: { id: ${id} }; write the id of the environment that the jobs are in`,
      });
    }
  }
  return refusals;
}
