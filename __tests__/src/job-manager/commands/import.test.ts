import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { importFromDbtCloud, importFromFiles } from "../../../../src/job-manager/commands/import";
import { mark, record } from "../../../support/branch-records";
import { envFile } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { addJob, addVariable, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { bench, personEnv } from "../../../support/work-on-branch";

const EMPTY = envFile({ jobs: {} });
const TFVARS = 'jobs = { "nightly" = { execute_steps = ["dbt build", "dbt clean"], cron = "0 5 * * *" } }\n';

describe("import from files", () => {
  const folder = (): string => envFolder({ "prod.yaml": EMPTY, "old/jobs.tfvars": TFVARS, "notes.txt": "" });
  const run = async (root: string, file: string, write = false) =>
    importFromFiles({ files: [join(root, file)], config: join(root, "prod.yaml"), write }, { ...bench({}) });

  it("prints YAML with the remarks as comments, and writes nothing", async () => {
    const root = folder();
    const { text, exitCode } = await run(root, "old/jobs.tfvars");
    expect(exitCode).toBe(0);
    expect(text).toContain('# - nightly: execute_steps[1] ("dbt clean"): ');
    expect(parse(text)).toEqual({
      jobs: {
        nightly: {
          category: "campaign",
          description: "nightly",
          owner: "marketing-team",
          execute_steps: ["dbt build"],
          schedule: { at: ["05:00"] },
        },
      },
    });
    expect(readFileSync(join(root, "prod.yaml"), "utf8")).toBe(EMPTY);
  });

  it("writes into the env file, once", async () => {
    const root = folder();
    expect((await run(root, "old/jobs.tfvars", true)).text).toMatch(/^1 new job: nightly, written to /);
    const written = readFileSync(join(root, "prod.yaml"), "utf8");
    expect(written).toContain("\njobs:\n  nightly:\n");
    expect((await run(root, "old/jobs.tfvars", true)).text).toMatch(/^No new jobs\n1 job already in .*: nightly/);
    expect(readFileSync(join(root, "prod.yaml"), "utf8")).toBe(written);
  });

  it("refuses another kind of file, and a file that does not exist", async () => {
    await expect(run(folder(), "notes.txt")).rejects.toThrow(
      /the kind of the file is unknown\n {2}allowed: .*\n {2}fix: /,
    );
    await expect(run(folder(), "none.tfvars")).rejects.toThrow(/cannot be read/);
  });
});

describe("import from dbt Cloud", () => {
  let cloud: ListeningCloud;
  beforeEach(async () => {
    cloud = await openCloud();
  });
  afterEach(() => cloud.close());

  it("leaves out branch jobs, and names notifications without their addresses", async () => {
    const { name, description } = record({ mark: mark() });
    addJob(cloud.world, { name, description, environment_id: 302 });
    const job = addJob(cloud.world, { name: "Nightly", environment_id: 302 });
    addVariable(cloud.world, "DBT_ENV_SECRET_X", "hunter2hunter2", job.id);
    await fetch(`${cloud.url}/api/v2/accounts/12345/notifications/`, {
      method: "POST",
      headers: { authorization: `Token ${personEnv(cloud)["DBTCLOUD_TOKEN"]}`, "content-type": "application/json" },
      body: JSON.stringify({ user_id: 7, type: 4, external_email: "a@example.com", on_failure: [job.id] }),
    });
    const config = join(envFolder({ "prod.yaml": EMPTY }), "prod.yaml");
    const { text, json } = await importFromDbtCloud({ config, write: false }, bench(personEnv(cloud)));
    expect(json).toMatchObject({ added: ["nightly"], written: false });
    expect(text).toMatch(/# - nightly: notifications \(\d+\): notification \d+ of user 7 names the job/);
    expect(text).toContain("environment_variables.DBT_ENV_SECRET_X: the value is a secret");
    expect(text).not.toMatch(/example\.com|hunter2/);
    expect(text).toContain(`adopt_job_id: ${job.id}`);
  });
});
