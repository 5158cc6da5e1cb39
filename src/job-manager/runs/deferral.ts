import type { DbtCloudClient } from "../../dbt-cloud/client";
import { DbtCloudError } from "../../dbt-cloud/errors";
import { hasSucceeded } from "../../dbt-cloud/runs";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { eachAfter } from "../../jobs/order";
import { environmentIdByName } from "../../jobs/reference";

/** A job that defers to a job or an environment in which no run has succeeded yet, so that dbt Cloud has nothing to defer to. */
export interface UnmetDeferral {
  /** The key of the job that defers. */
  readonly key: string;
  /** Its target: the key of a job of the same file, or the name of an environment. */
  readonly to: { readonly job: string } | { readonly environment: string };
}

/** The jobs of an env file and their places in dbt Cloud. */
export interface DeferralInput {
  readonly client: DbtCloudClient;
  readonly environment: EnvironmentDefinition;
  /** The environments of the other env files in the same folder. */
  readonly beside: readonly EnvironmentDefinition[];
  /** The id of a deployed job; undefined when the job is not deployed. */
  readonly idOf: (key: string) => number | undefined;
}

/**
 * Finds the jobs that have nothing to defer to: some of the given jobs, and the jobs that must run before them. A job that defers to
 * itself is fine, because dbt Cloud runs it the first time without deferral. An environment that Terraform manages has no id in its
 * file, so it is not checked.
 *
 * @param keys the jobs that will run
 * @throws DbtCloudError when a request fails
 */
export async function unmetDeferrals(
  keys: readonly string[],
  { client, environment, beside, idOf }: DeferralInput,
): Promise<UnmetDeferral[]> {
  const answers = new Map<string, Promise<boolean>>();
  const once = (subject: string, ask: () => Promise<boolean>): Promise<boolean> => {
    const answer = answers.get(subject) ?? ask();
    answers.set(subject, answer);
    return answer;
  };
  const ofJob = (key: string): Promise<boolean> => {
    const id = idOf(key);
    return id === undefined ? Promise.resolve(false) : hasSucceeded(client, { job_definition_id: id });
  };
  const ofEnvironment = (name: string): Promise<boolean> => {
    const id = environmentIdByName([environment, ...beside], name);
    return id === undefined ? Promise.resolve(true) : hasSucceeded(client, { environment_id: id });
  };
  const unmet = new Map<string, UnmetDeferral>();
  const pending = [...keys];
  for (const key of pending) {
    const to = environment.jobs[key]?.defer_to;
    if (to === undefined || to === "self" || unmet.has(key)) continue;
    if ("environment" in to) {
      const { environment: name } = to;
      if (!(await once(`environment ${name}`, () => ofEnvironment(name)))) unmet.set(key, { key, to });
    } else if (!(await once(`job ${to.job}`, () => ofJob(to.job)))) {
      unmet.set(key, { key, to });
      pending.push(to.job);
    }
  }
  return [...unmet.values()];
}

/**
 * The jobs to run, in order: each job comes after the job that it defers to if that job has not succeeded yet.
 *
 * @param keys the jobs that the person named
 */
export function bootstrapOrder(keys: readonly string[], unmet: readonly UnmetDeferral[]): string[] {
  return eachAfter(keys, (key) => {
    const found = unmet.find((deferral) => deferral.key === key);
    return found && "job" in found.to ? [found.to.job] : [];
  });
}

/**
 * Notes for the person on the jobs that have nothing to defer to, each with its fix. If dbt Cloud does not answer, the note says so:
 * the notes do not stop a deploy.
 *
 * @param keys the jobs that will run
 * @param config the option that names the env file, for a command in a note; undefined when commands find the jobs without it
 */
export async function notesOnDeferrals(
  keys: readonly string[],
  input: DeferralInput,
  config?: string,
): Promise<string[]> {
  try {
    return wordsFor(await unmetDeferrals(keys, input), config);
  } catch (error) {
    if (error instanceof DbtCloudError)
      return [`It is not known whether each job has a run to defer to: ${error.line}.`];
    throw error;
  }
}

function wordsFor(unmet: readonly UnmetDeferral[], config: string | undefined): string[] {
  const byEnvironment = new Map<string, string[]>();
  const notes: string[] = [];
  for (const { key, to } of unmet) {
    if ("environment" in to) {
      byEnvironment.set(to.environment, [...(byEnvironment.get(to.environment) ?? []), key]);
    } else {
      const command = ["dbt-job-manager run", key, "--bootstrap", ...(config === undefined ? [] : [config])].join(" ");
      notes.push(
        `${key} defers to ${to.job}, which has not succeeded yet, so ${key} would fail: \`${command}\` runs both in order.`,
      );
    }
  }
  for (const [environment, keys] of byEnvironment) {
    const [verb, subject] = keys.length === 1 ? ["defers", keys[0]!] : ["defer", "they"];
    notes.push(
      `${keys.join(", ")} ${verb} to the environment ${environment}, where no run has succeeded, ` +
        `so ${subject} would fail: run a job of ${environment} first.`,
    );
  }
  return notes;
}
