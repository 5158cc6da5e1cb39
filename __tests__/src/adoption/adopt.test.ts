import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { jobBody } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { jobPayload } from "../../../src/dbt-cloud/job-payload";
import { adopt, type Adoption } from "../../../src/adoption/adopt";
import { openEnvFile } from "../../../src/adoption/env-file-target";
import { cloudJobSchema, withoutIdentifier, type FoundJob } from "../../../src/adoption/found-job";
import { checkEnvironments } from "../../../src/env-files/load";
import type { JobDefinition } from "../../../src/jobs/definition";
import { terraformJobName } from "../../../src/jobs/names";
import { cronOf } from "../../../src/jobs/schedule";
import { arbitraryEnvironments } from "../../support/arbitrary-environment";
import { envFile, jobData } from "../../support/env-file";
import { envFolder } from "../../support/env-folder";

const PLACE = { accountId: 12345, projectId: 102, environmentId: 302 };

function fileWith(more: object = {}): string {
  return join(envFolder({ "prod.yaml": envFile({ jobs: {}, ...more }) }), "prod.yaml");
}

/** A job of dbt Cloud, as the Admin API answers it. */
function found(id: number, more: object = {}, variables: Readonly<Record<string, string>> = {}): FoundJob {
  const name = `Job ${id}`;
  const body = jobBody.parse({ name, project_id: 102, environment_id: 302, execute_steps: ["dbt build"], ...more });
  return {
    id,
    variables: new Map(Object.entries(variables).map(([key, value], i) => [key, { id: 900 + i, value }])),
    ...withoutIdentifier(cloudJobSchema.parse({ ...body, id })),
  };
}

function adopted(jobs: readonly FoundJob[], file = fileWith()): Adoption {
  return adopt(jobs, openEnvFile(file, {}));
}

/** The remarks in the form `kind job field: reason`. */
function words({ remarks }: Adoption): string[] {
  return remarks.filter(({ kind }) => kind === "lost").map(({ job, field, reason }) => `${job} ${field}: ${reason}`);
}

describe("keys", () => {
  it.each([
    [{ name: "Attribution – Café (05:00)" }, "attribution-cafe-05-00"],
    [{ name: "marketing-team-campaigns-production" }, "campaigns"],
    [{ name: "Nightly [[night_ly]]" }, "night-ly"],
    [{ name: "Nightly", description: "Loads [[prod:nightly-load]]" }, "nightly-load"],
    [{ name: "7 days" }, "job-7-days"],
    [{ name: "日次" }, "job-1"],
  ])("makes a key of %j", (job, key) => {
    expect(adopted([found(1, job)]).added).toEqual([key]);
  });

  it("numbers equal keys, and keys that the file has", () => {
    const file = fileWith({ jobs: { nightly: jobData() } });
    const jobs = [found(1, { name: "Nightly" }), found(2, { name: "nightly!" })];
    expect(adopted(jobs, file).added).toEqual(["nightly-2", "nightly-3"]);
  });
});

describe("values that an env file cannot have", () => {
  it("lists each with its reason, and keeps the rest of the job", () => {
    const result = adopted([
      found(1, { execute_steps: ["dbt build", "dbt clean"], settings: { threads: 100, target_name: "default" } }),
      found(2, { deferring_job_definition_id: 77, lifecycle_webhooks: true }),
      found(3, {
        job_completion_trigger_condition: { condition: { job_id: 78, project_id: 102, statuses: [10] } },
        triggers: { github_webhook: true, on_merge: true },
      }),
      found(4, { execute_steps: ["dbt clean"] }),
    ]);
    expect(result.added).toEqual(["job-1", "job-2", "job-3"]);
    expect(result.yaml).toContain("      - dbt build\n");
    expect(words(result).map((line) => line.split(":")[0])).toEqual([
      "job-2 defer_to",
      "job-2 lifecycle_webhooks",
      "job-3 run_after",
      "job-1 threads",
      "job-3 triggers.on_merge",
      "job-4 execute_steps[0]",
      "job-4 the job",
      "job-1 execute_steps[1]",
    ]);
    expect(result.remarks.every(({ reason, fix }) => reason !== "" && fix !== "")).toBe(true);
  });

  it("says that a job is not active", () => {
    const changed = adopted([found(1, { state: 2 })]).remarks.filter(({ field }) => field === "is_active");
    expect(changed.map(({ kind }) => kind)).toEqual(["changed"]);
  });

  it("never shows a secret", () => {
    const secret = "dbtc_abcdefghijklmnop";
    const result = adopted([
      found(
        1,
        { description: `token=${secret}`, execute_steps: ["dbt build", `dbt run --vars 'password: ${secret}'`] },
        { DBT_ENV_SECRET_X: "hunter2hunter2", DBT_NOTE: secret, DBT_WINDOW: "30" },
      ),
    ]);
    expect(JSON.stringify({ ...result, keyById: [] })).not.toMatch(/abcdefgh|hunter2/);
    expect(result.yaml).toContain('environment_variables: { DBT_WINDOW: "30" }');
    expect(words(result).map((line) => line.split(":")[0])).toEqual([
      "job-1 execute_steps",
      "job-1 environment_variables.DBT_ENV_SECRET_X",
      "job-1 environment_variables.DBT_NOTE",
    ]);
  });

  it("says what the defaults of the file change", () => {
    const file = fileWith({ defaults: { defer_to: "self", dbt_version: "latest" } });
    const changed = adopted([found(1)], file).remarks.filter(({ kind }) => kind === "changed");
    expect(changed.map(({ field }) => field)).toEqual(["description", "dbt_version", "defer_to", "name"]);
  });
});

describe("a file that the API applies", () => {
  it("gets no ids, and knows its jobs by their keys", () => {
    const file = fileWith({ applied_by: "api", git_branch: undefined, environment: { id: 999 } });
    const first = adopted([found(1, { name: "Nightly" })], file);
    expect(first.yaml).not.toContain("adopt_job_id");
    const again = adopt([found(1, { name: "Nightly" })], {
      ...openEnvFile(fileWith({ applied_by: "api", git_branch: undefined, jobs: { nightly: jobData() } }), {}),
    });
    expect([again.added, again.present]).toEqual([[], ["nightly"]]);
  });
});

it("refuses a file with problems, and names them", () => {
  expect(() => openEnvFile(fileWith({ threads: 4 }), {})).toThrow(/unknown key `threads`/);
  expect(() => openEnvFile(fileWith({ jobs: { a: jobData({ threads: 0 }) } }), {})).toThrow(/jobs\.a\.threads/);
});

/** A definition without the fields that dbt Cloud does not know, with its schedule as a cron expression. */
function comparable(job: JobDefinition): object {
  const { category: _c, expects: _e, notifications: _n, sla: _s, moved_from: _m, adopt_job_id: _a, ...rest } = job;
  const { adopt_override_ids: _o, schedule, ...others } = rest;
  return { ...others, schedule: schedule && cronOf(schedule) };
}

it("returns the definition whose payload dbt Cloud has stored", () => {
  fc.assert(
    fc.property(arbitraryEnvironments, fc.nat(), (environments, pick) => {
      const applied = environments.filter(
        ({ applied_by, environment }) => applied_by === "terraform" && "id" in environment,
      );
      const environment = applied[pick % Math.max(applied.length, 1)];
      if (!environment) return;
      const keys = Object.keys(environment.jobs);
      const idOf = (key: string): number => keys.indexOf(key) + 1;
      const idOfEnvironment = (name: string): number => 5000 + environments.findIndex((one) => one.name === name);
      const { team, name } = environment;
      const jobs = keys.map((key): FoundJob => {
        const payload = jobPayload(environment.jobs[key]!, {
          ...PLACE,
          name: terraformJobName({ team, key, environment: name }),
          jobId: idOf(key),
          jobIdOf: idOf,
          environmentIdOf: idOfEnvironment,
        });
        const variables = Object.entries(environment.jobs[key]!.environment_variables);
        const row = cloudJobSchema.parse({ ...jobBody.parse(payload), id: idOf(key) });
        return {
          id: idOf(key),
          job: row,
          variables: new Map(variables.map(([variable, value]) => [variable, { id: 1, value }])),
        };
      });
      const folder = envFolder({
        "own.yaml": envFile({ name, team, environment: { id: idOfEnvironment(name) }, jobs: {} }),
        ...Object.fromEntries(
          environments
            .filter((one) => one.name !== name)
            .map((one, i) => [
              `other-${i}.yaml`,
              envFile({ name: one.name, environment: { id: idOfEnvironment(one.name) }, jobs: { a: jobData() } }),
            ]),
        ),
      });
      const file = join(folder, "own.yaml");
      const result = adopted(jobs, file);
      expect(words(result)).toEqual([]);
      const bytes = new TextEncoder().encode(result.text);
      const files = [
        { file, bytes },
        ...environments.flatMap((one, i) => (one.name === name ? [] : [otherFile(folder, i, environments, name)])),
      ];
      const { problems, environments: read } = checkEnvironments(files, {});
      expect(problems).toEqual([]);
      const imported = read.find((one) => one.name === name)!.jobs;
      for (const key of keys) expect(comparable(imported[key]!)).toEqual(comparable(environment.jobs[key]!));
    }),
    { numRuns: 60, seed: 20_240_101 },
  );
});

function otherFile(folder: string, i: number, environments: readonly { name: string }[], own: string) {
  const others = environments.filter((one) => one.name !== own);
  const position = others.indexOf(environments[i]!);
  const file = join(folder, `other-${position}.yaml`);
  return { file, bytes: readFileSync(file), context: true };
}
