import type { JobRecord } from "../../src/dbt-cloud/jobs";
import { branchOf, type Branch, type Workplace } from "../../src/job-manager/branch-jobs/branch";
import { markedDescription, type Mark } from "../../src/job-manager/branch-jobs/mark";
import { payloadOf, wantedJobs, type WantedJob } from "../../src/job-manager/branch-jobs/wanted";
import type { EnvironmentDefinition } from "../../src/env-files/definition";
import { slugOf } from "../../src/jobs/names";
import { environmentDefinition, jobDefinition } from "./definitions";

/** The working place of a user, which the test can change. */
export function workplace(more: Partial<Workplace> = {}): Workplace {
  const ref = more.ref ?? "feature/x";
  return { ref, refSlug: slugOf(ref), user: "jennifer", ...more };
}

/** A shared environment with these jobs, in project 102 and environment 999. */
export function sharedEnvironment(
  jobs: Readonly<Record<string, object>> = {},
  more: object = {},
): EnvironmentDefinition {
  return environmentDefinition({
    name: "development",
    applied_by: "api",
    git_branch: undefined,
    team: "marketing-team",
    project: { id: 102 },
    environment: { id: 999 },
    jobs: Object.fromEntries(Object.entries(jobs).map(([key, job]) => [key, { ...jobDefinition({ ...job }) }])),
    ...more,
  });
}

/** The branch of a workplace in the shared environment. */
export function branch(more: Partial<Workplace> = {}): Branch {
  return branchOf(sharedEnvironment(), workplace(more));
}

/** The ids that a plan needs. */
export const IDS = { accountId: 12345, environmentIdOf: () => 302 } as const;

/** A mark of jennifer's branch `feature/x`, with the test's changes. */
export function mark(more: Partial<Mark> = {}): Mark {
  const { owner, schema } = branch();
  return { ...owner, key: "attribution", schema, definition: "d", overrides: "o", ...more };
}

/** The row of a job in dbt Cloud. `mark` is the end of its description. */
export function record({
  mark: ofJob,
  description = "Builds it\n\nOwner: marketing",
  ...more
}: Readonly<Record<string, unknown>> & { mark?: Mark; description?: string } = {}): JobRecord {
  return {
    id: 1,
    account_id: 12345,
    project_id: 102,
    environment_id: 999,
    name: ofJob ? branch({ ref: ofJob.ref, user: ofJob.user }).nameOf(ofJob.key) : "a job",
    description: ofJob ? markedDescription(description, ofJob) : description,
    execute_steps: ["dbt build"],
    triggers: { schedule: false },
    ...more,
  };
}

/** The row of a wanted job that was deployed and that nobody changed. */
export function deployed(job: WantedJob, id: number, jobIdOf: (key: string) => number = () => 0): JobRecord {
  return record({ ...payloadOf(job, { ...IDS, jobIdOf }, id), id });
}

/** The jobs that the environment declares, for a branch. */
export function wantedOf(environment: EnvironmentDefinition, more: Partial<Workplace> = {}): WantedJob[] {
  return wantedJobs(environment, branchOf(environment, workplace(more)));
}
