import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { jobsOf, type Job } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { loadEnvironment } from "../../../../src/env-files/load";
import { createJob } from "../../../../src/dbt-cloud/jobs";
import { jobPayload } from "../../../../src/dbt-cloud/job-payload";
import { deploy } from "../../../../src/job-manager/commands/deploy";
import { drift } from "../../../../src/job-manager/commands/drift";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { envFile, jobData } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, addVariable, liveJobs, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { bench, clientOf, devFile, JOBS, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud();
});
afterEach(() => cloud.close());

/** The env file of a stack, and its jobs in dbt Cloud as an apply leaves them. */
async function appliedStack(): Promise<string> {
  const text = envFile({
    jobs: {
      attribution: jobData({ schedule: { at: ["05:00"] }, execute_steps: ["dbt build", "dbt docs generate"] }),
      report: jobData({ environment_variables: { DBT_WINDOW: "30" } }),
      monthly: jobData(),
    },
  });
  const config = join(envFolder({ "prod.yaml": text }), "prod.yaml");
  const { environment } = loadEnvironment(config, {});
  for (const [key, definition] of Object.entries(environment.jobs)) {
    const name = `${environment.team}-${key}-${environment.name}`;
    const place = { accountId: 12345, projectId: 102, environmentId: 302 };
    const ids = { jobIdOf: () => 0, environmentIdOf: () => 0 };
    await createJob(clientOf(cloud), jobPayload(definition, { ...place, ...ids, name }), () => false);
  }
  addVariable(cloud.world, "DBT_WINDOW", "7");
  addVariable(cloud.world, "DBT_WINDOW", "30", jobNamed("report").id);
  return config;
}

function jobNamed(key: string): Job {
  return liveJobs(cloud.world).find(({ name }) => name.includes(key))!;
}

function change(key: string, more: Partial<Job>): void {
  jobsOf(cloud.world).put({ ...jobNamed(key), ...more });
}

function run(config: string): Promise<CommandResult> {
  return drift({ config }, bench(personEnv(cloud)));
}

describe("drift of a stack", () => {
  it("is none after an apply", async () => {
    const { exitCode, text } = await run(await appliedStack());
    expect(text.split("\n")[0]).toBe("production: 3 declared jobs, 0 missing, 0 different, 0 not declared");
    expect(exitCode).toBe(0);
  });

  it("names each changed field, and the lines that make the file the same as dbt Cloud", async () => {
    const config = await appliedStack();
    change("attribution", {
      settings: { threads: 9, target_name: "default" },
      execute_steps: ["dbt build --full-refresh", "dbt docs generate"],
    });
    const { exitCode, json, text } = await run(config);
    expect(exitCode).toBe(2);
    const { drifted } = json as { drifted: { key: string; yaml: string; differences: object[] }[] };
    expect(drifted.map(({ key }) => key)).toEqual(["attribution"]);
    expect(drifted[0]!.differences).toEqual([
      { field: "execute_steps[0]", before: "dbt build", after: "dbt build --full-refresh" },
      { field: "threads", before: 4, after: 9 },
    ]);
    expect(text).toContain("to keep what dbt Cloud has:");

    const file = parse(readFileSync(config, "utf8")) as { jobs: Record<string, object> };
    const pasted = parse(drifted[0]!.yaml) as { jobs: Record<string, object> };
    const attribution = { ...file.jobs["attribution"], ...pasted.jobs["attribution"] };
    writeFileSync(config, stringify({ ...file, jobs: { ...file.jobs, attribution } }));
    expect(await run(config)).toMatchObject({ exitCode: 0 });
  });

  it("names a value of a job's environment variable, but no secret one", async () => {
    const config = await appliedStack();
    addVariable(cloud.world, "DBT_ENV_SECRET_KEY", "hidden", jobNamed("monthly").id);
    addVariable(cloud.world, "DBT_OTHER", "1", jobNamed("monthly").id);
    const { text, json } = await run(config);
    expect(json).toMatchObject({ unseen: ["monthly: DBT_ENV_SECRET_KEY"], drifted: [{ key: "monthly" }] });
    expect(text).toContain("DBT_OTHER");
    expect(text + JSON.stringify(json)).not.toContain("hidden");
  });

  it("names jobs that are missing, and jobs that nobody declared", async () => {
    const config = await appliedStack();
    change("monthly", { state: 2 });
    addJob(cloud.world, { name: "by hand", environment_id: 302 });
    addJob(cloud.world, { name: jobNamed("report").name, environment_id: 302 });
    addJob(cloud.world, { name: "elsewhere", environment_id: 202 });
    const { exitCode, json } = await run(config);
    expect(exitCode).toBe(2);
    expect(json).toMatchObject({
      missing: ["monthly"],
      drifted: [],
      undeclared: [{ name: "by hand" }, { name: jobNamed("report").name }],
    });
  });
});

describe("drift of a branch", () => {
  it("is none after a deploy, then what somebody changed in dbt Cloud; jobs of other branches are left out", async () => {
    const config = devFile();
    const options = {
      config,
      dryRun: false,
      exitCode: false,
      only: [],
      adopt: false,
      full: false,
      yes: false,
      run: false,
    };
    await deploy(options, bench(personEnv(cloud, { ref: "feature/y" })));
    await deploy(options, bench(personEnv(cloud)));
    expect(await run(config)).toMatchObject({ exitCode: 0 });
    const job = liveJobs(cloud.world).find(({ name }) => name.includes("feature-x") && name.includes("validation"))!;
    jobsOf(cloud.world).put({ ...job, execute_steps: ["dbt test --select customers"] });
    const { exitCode, json } = await run(config);
    expect(exitCode).toBe(2);
    expect(json).toMatchObject({ missing: [], undeclared: [], drifted: [{ key: "validation" }] });
  });

  it("lists a job that the file does not declare any more", async () => {
    const config = devFile();
    const options = { config, dryRun: false, exitCode: false, only: [], yes: false, run: false };
    await deploy(options, bench(personEnv(cloud)));
    const { exitCode, json } = await run(devFile({ ...JOBS, validation: undefined }));
    expect(exitCode).toBe(2);
    expect(json).toMatchObject({
      missing: [],
      drifted: [],
      undeclared: [{ name: expect.stringContaining("validation") as string }],
    });
  });
});
