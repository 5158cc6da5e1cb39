import { stringify } from "yaml";

/** Keys that replace keys of the base. `undefined` removes a key. */
export type Overrides = Readonly<Record<string, unknown>>;

/** The data of a job with the required keys and the test's changes. */
export function jobData(overrides: Overrides = {}): Overrides {
  return present({
    category: "attribution",
    description: "Core attribution models",
    owner: "marketing-data-engineering",
    execute_steps: ["dbt build"],
    ...overrides,
  });
}

/** The data of an env file that Terraform applies, with the job `attribution` and the test's changes. */
export function fileData(overrides: Overrides = {}): Overrides {
  return present({
    name: "production",
    applied_by: "terraform",
    git_branch: "production",
    team: "marketing-team",
    project: { id: 102 },
    environment: { id: 302 },
    jobs: { attribution: jobData() },
    ...overrides,
  });
}

/** The YAML text of an env file. Keys are in the order of the base; new keys come last. */
export function envFile(overrides: Overrides = {}): string {
  return stringify(fileData(overrides));
}

/** The YAML text of an env file with changes to its only job, `attribution`. New keys of the job come last. */
export function envFileWithJob(overrides: Overrides): string {
  return envFile({ jobs: { attribution: jobData(overrides) } });
}

function present(data: Overrides): Overrides {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

const REPOSITORY = { remote_url: "git@gitlab.example.com:marketing/analytics.git" };
const CONNECTION = { name: "redshift", hostname: "redshift.example.com", dbname: "analytics" };

/** A project that the file manages, with the test's changes to its repository. */
export const managedProject = (repository: Overrides = {}): Overrides => ({
  project: { managed: { name: "Marketing", repository: { ...REPOSITORY, ...repository }, connection: CONNECTION } },
});

/** An environment that the file manages, with the test's changes. */
export const managedEnvironment = (more: Overrides = {}): Overrides => ({
  environment: {
    managed: {
      name: "Production",
      deployment_type: "production",
      credential: { username: "dbt", default_schema: "marketing" },
      ...more,
    },
  },
});
