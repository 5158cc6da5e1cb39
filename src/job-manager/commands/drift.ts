import { adopt, type Adoption } from "../../adoption/adopt";
import { foundJobs } from "../../adoption/dbt-cloud-jobs";
import { openEnvFile, type EnvFileTarget } from "../../adoption/env-file-target";
import { readOverrides } from "../../dbt-cloud/environment-variables";
import { jobUrl, listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import { readSettings } from "../../env-files/settings";
import { isMarked, isOwnedBy, markOf } from "../branch-jobs/mark";
import { driftedJobs, unseenValues, type DriftInput } from "../drift/drift";
import { EXIT } from "../exit-codes";
import { driftText, type Drift } from "../output/drift-text";
import type { ResultOf } from "../output/result-schemas";
import { jobsByKey, openTarget, type Target } from "../target";
import type { CommandDependencies, CommandResult } from "./command";

export interface DriftOptions {
  readonly config: string;
}

/**
 * Compares the jobs of an env file with dbt Cloud, for both ways to deploy: jobs that are missing there, jobs that differ, with the YAML
 * lines of what dbt Cloud has, and jobs that the file does not declare. Jobs of other branches are left out.
 *
 * @returns exit code 2 when something differs
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when Terraform makes the project or the environment, so that its id is not in the file
 */
export async function drift({ config }: DriftOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const target = openTarget(config, dependencies);
  const file = openEnvFile(config, readSettings(dependencies.env));
  const { client, where, environment } = target;
  const all = await listJobs(client, where);
  // A branch can still have a job that its file does not declare any more.
  const records = new Map([...jobsByKey(target, all)].filter(([key]) => Object.hasOwn(environment.jobs, key)));
  const read = [...records.values()].map(
    async ({ id }) => [id, await readOverrides(client, where.projectId, id)] as const,
  );
  const input: DriftInput = { target, file, records, overrides: new Map(await Promise.all(read)) };
  const undeclared = all.filter((record) => isUndeclared(record, input));
  const found: Drift = {
    environment: environment.name,
    branch: target.branch?.owner.ref,
    jobs: Object.keys(environment.jobs).length,
    missing: Object.keys(environment.jobs).filter((key) => !records.has(key)),
    drifted: driftedJobs(input),
    undeclared,
    undeclaredYaml: (await adoptionOf(undeclared, target, file)).yaml,
    unseen: unseenValues(input),
    urlOf: ({ id }) => jobUrl(client, where.projectId, id),
  };
  const isSame = found.missing.length + found.drifted.length + found.undeclared.length === 0;
  return {
    exitCode: isSame ? EXIT.ok : EXIT.onRequest,
    text: driftText(found, dependencies.colors),
    json: asJson(found) satisfies ResultOf<"drift">,
  };
}

/** Branches share an environment, so a job with the mark of another branch is declared there. */
function isUndeclared(record: JobRecord, { target: { branch }, records }: DriftInput): boolean {
  if ([...records.values()].some(({ id }) => id === record.id)) return false;
  const mark = markOf(record.description);
  return mark && branch ? isOwnedBy(branch.owner, mark) : !isMarked(record.description);
}

async function adoptionOf(undeclared: readonly JobRecord[], target: Target, file: EnvFileTarget): Promise<Adoption> {
  const unmarked = undeclared.filter(({ description }) => !isMarked(description));
  return adopt(await foundJobs(target.client, target.where, unmarked), file);
}

function asJson({
  environment,
  missing,
  drifted,
  undeclared,
  undeclaredYaml,
  unseen,
  urlOf,
}: Drift): ResultOf<"drift"> {
  return {
    environment,
    missing: [...missing],
    drifted: drifted.map(({ key, record, differences, yaml, removed }) => ({
      key,
      id: record.id,
      updated_at: record.updated_at ?? null,
      url: urlOf(record),
      differences: differences.map(({ field, before, after }) => ({ field, before, after })),
      yaml,
      removed: [...removed],
    })),
    undeclared: undeclared.map((record) => ({
      id: record.id,
      name: record.name,
      updated_at: record.updated_at ?? null,
      url: urlOf(record),
    })),
    undeclared_yaml: undeclaredYaml,
    unseen: [...unseen],
  };
}
