import { knownVariables, readOverrides } from "../../src/dbt-cloud/environment-variables";
import { listJobs } from "../../src/dbt-cloud/jobs";
import type { DbtCloudClient } from "../../src/dbt-cloud/client";
import type { EnvironmentDefinition } from "../../src/env-files/definition";
import { applyPlan, type Applied } from "../../src/job-manager/branch-jobs/apply";
import { branchOf, type Workplace } from "../../src/job-manager/branch-jobs/branch";
import { takeInventory } from "../../src/job-manager/branch-jobs/inventory";
import { markOf } from "../../src/job-manager/branch-jobs/mark";
import { overridesToRead, planDeploy, type PlannedJob } from "../../src/job-manager/branch-jobs/plan";
import { wantedJobs } from "../../src/job-manager/branch-jobs/wanted";
import { environmentVariablesOf } from "../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import type { World } from "../../packages/local-dbt-cloud/world";
import { IDS, workplace } from "./branch-records";
import { addVariable, liveJobs, overridesOf } from "./listening-cloud";

/** Reads the environment and makes the plan of a deploy. */
export async function planOf(
  client: DbtCloudClient,
  environment: EnvironmentDefinition,
  where: Partial<Workplace> = {},
): Promise<PlannedJob[]> {
  const branch = branchOf(environment, workplace(where));
  const wanted = wantedJobs(environment, branch);
  const records = await listJobs(client, { projectId: 102, environmentId: 999 });
  const unread = {
    wanted,
    inventory: takeInventory(branch, Object.keys(environment.jobs), records),
    ids: IDS,
    only: undefined,
  };
  const overrides = new Map<number, Awaited<ReturnType<typeof readOverrides>>>();
  for (const id of overridesToRead(unread, false)) overrides.set(id, await readOverrides(client, 102, id));
  return planDeploy({ ...unread, overrides });
}

/** Plans and applies. */
export async function deployOf(
  client: DbtCloudClient,
  environment: EnvironmentDefinition,
  where: Partial<Workplace> = {},
): Promise<Applied[]> {
  return applyPlan(await planOf(client, environment, where), { client, ids: IDS });
}

/** Adds every variable that the environment sets to the project. */
export async function knowVariables(
  client: DbtCloudClient,
  world: World,
  { environment_variables, jobs }: EnvironmentDefinition,
): Promise<void> {
  const names = [environment_variables, ...Object.values(jobs).map((job) => job.environment_variables)].flatMap(
    (values) => Object.keys(values),
  );
  const known = await knownVariables(client, 102);
  for (const name of new Set(names)) if (!known.has(name)) addVariable(world, name, "of the project");
}

/**
 * Checks what must never happen: a branch job that starts by itself and builds into the shared schema, two jobs with one mark, two
 * values of one variable, or a value that belongs to another job.
 */
export function wrongsIn(world: World): string[] {
  const jobs = liveJobs(world).flatMap((job) => {
    const mark = markOf(job.description);
    return mark ? [{ job, mark }] : [];
  });
  const unsafe = jobs
    .filter(
      ({ job }) => job.triggers.schedule || job.triggers.on_merge || job.job_completion_trigger_condition !== null,
    )
    .filter(({ job, mark }) => overridesOf(world, job.id)["DBT_SCHEMA"] !== mark.schema)
    .map(({ job }) => `${job.name} starts by itself without its schema`);
  const variables = environmentVariablesOf(world)
    .all()
    .filter(({ type }) => type === "job")
    .map(({ job_definition_id, name }) => `${job_definition_id} ${name}`);
  return [
    ...unsafe,
    ...doubles(jobs.map(({ job, mark }) => `${job.name} of branch ${mark.ref} of ${mark.user}`)),
    ...doubles(variables),
  ];
}

function doubles(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter((text) => seen.size === seen.add(text).size).map((text) => `${text} is there twice`);
}
