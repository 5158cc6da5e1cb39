import fc from "fast-check";
import { markOf } from "../../../../src/job-manager/branch-jobs/mark";
import type { EnvironmentDefinition } from "../../../../src/env-files/definition";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { applyPlan, type Applied } from "../../../../src/job-manager/branch-jobs/apply";
import { arbitraryEnvironments } from "../../../support/arbitrary-environment";
import { deployOf, knowVariables, planOf, wrongsIn } from "../../../support/branch-deploy";
import { branch, IDS, sharedEnvironment } from "../../../support/branch-records";
import {
  bytesOf,
  listeningCloud,
  liveJobs,
  overridesOf,
  type FaultOrder,
  type ListeningCloud,
} from "../../../support/listening-cloud";
import { localDbtCloud, type LocalDbtCloud } from "../../../support/local-dbt-cloud";
import { clientOf } from "../../../support/work-on-branch";

const SCHEMA = "marketing_feature_x_jennifer";

let local: LocalDbtCloud;
let cloud: ListeningCloud;
let wrongs: string[];
beforeEach(async () => {
  await open();
});
afterEach(async () => {
  await shut();
});

async function open(): Promise<void> {
  local = localDbtCloud();
  wrongs = [];
  cloud = await listeningCloud(local.world, () => {
    wrongs.push(...wrongsIn(local.world));
  });
}

async function shut(): Promise<void> {
  await cloud.close();
  await local.close();
}

const deploy = (environment: EnvironmentDefinition): Promise<Applied[]> => deployOf(clientOf(cloud), environment);

async function changes(environment: EnvironmentDefinition): Promise<string[]> {
  const plan = await planOf(clientOf(cloud), environment);
  return plan.filter(({ action }) => action !== "unchanged").map((job) => JSON.stringify(job));
}

const jobOf = (key: string): ReturnType<typeof liveJobs>[number] =>
  liveJobs(cloud.world).find(({ name }) => name === branch().nameOf(key))!;
const isPending = (key: string): boolean => markOf(jobOf(key).description)?.pending === true;

/** The writes, in the order in which they came: `create a`, `set a`, `update a`, `delete a`. */
function writes(): string[] {
  return cloud.requests.filter((line) => !line.startsWith("GET"));
}

const TWO = { extract: {}, attribution: { run_after: { job: "extract" }, environment_variables: { DBT_A: "1" } } };

/** A fault that refuses requests until it is removed. */
const refused = (path: string, more: FaultOrder = {}): FaultOrder => ({
  kind: "status",
  code: 400,
  method: "POST",
  path,
  ...more,
});

describe("applying a plan", () => {
  it("creates jobs with their schema, each after the jobs that it refers to", async () => {
    const environment = sharedEnvironment({
      campaigns: { run_after: { job: "extract" }, defer_to: "self" },
      extract: {},
    });
    const applied = await deploy(environment);
    expect(applied.every(({ error }) => error === undefined)).toBe(true);
    const [extract, campaigns] = [jobOf("extract"), jobOf("campaigns")];
    expect(campaigns).toMatchObject({
      deferring_job_definition_id: campaigns.id,
      job_completion_trigger_condition: { condition: { job_id: extract.id } },
    });
    expect([extract, campaigns].map(({ id }) => overridesOf(cloud.world, id))).toEqual([
      { DBT_SCHEMA: SCHEMA },
      { DBT_SCHEMA: SCHEMA },
    ]);
    expect([wrongs, await changes(environment)]).toEqual([[], []]);
  });

  it("gives a scheduled job its schedule only after its schema", async () => {
    const environment = sharedEnvironment({ attribution: { schedule: { at: ["05:00"] } } });
    await deploy(environment);
    const job = jobOf("attribution");
    expect(writes()).toEqual([
      "POST v2/jobs/",
      "POST v3/projects/102/environment-variables/",
      `POST v2/jobs/${job.id}/`,
    ]);
    expect([job.triggers.schedule, isPending("attribution"), wrongs]).toEqual([true, false, []]);
  });

  it("creates an on-demand job in two writes, and marks one as unfinished until all are done", async () => {
    const environment = sharedEnvironment({ a: {}, b: {}, c: {} });
    await deploy(environment);
    expect(writes().filter((line) => line === "POST v2/jobs/")).toHaveLength(3);
    expect(writes()).toHaveLength(3 + 3 + 1);
    expect(writes().at(-1)).toBe(`POST v2/jobs/${jobOf("a").id}/`);
  });

  it("marks a job as unfinished while it changes its variables", async () => {
    const before = sharedEnvironment({ attribution: { schedule: { at: ["05:00"] } } });
    await deploy(before);
    const after = sharedEnvironment({
      attribution: { schedule: { at: ["05:00"] }, environment_variables: { DBT_SCHEMA: "x" } },
      new: { schedule: { at: ["06:00"] } },
    });
    await deploy(after);
    expect([wrongs, await changes(after)]).toEqual([[], []]);
  });

  it("deletes the variables and jobs that the file no longer has", async () => {
    const environment = sharedEnvironment(TWO);
    await knowVariables(clientOf(cloud), cloud.world, environment);
    await deploy(environment);
    const less = sharedEnvironment({ attribution: {} });
    expect((await deploy(less)).map(({ action, key }) => `${action} ${key}`)).toEqual([
      "update attribution",
      "delete extract",
    ]);
    expect(liveJobs(cloud.world).map(({ id }) => overridesOf(cloud.world, id))).toEqual([{ DBT_SCHEMA: SCHEMA }]);
    expect(await changes(less)).toEqual([]);
  });

  it("reports each job that is done", async () => {
    const told: string[] = [];
    const plan = await planOf(clientOf(cloud), sharedEnvironment({ a: {}, b: {} }));
    await applyPlan(plan, {
      client: clientOf(cloud),
      ids: IDS,
      onDone: ({ action, key }, done, total) => told.push(`${action} ${key} ${done}/${total}`),
    });
    expect(told).toEqual(["create b 1/2", "create a 2/2"]);
  });

  it("has results in the order of the file", async () => {
    const applied = await deploy(sharedEnvironment({ clock: { schedule: { at: ["05:00"] } }, witness: {}, last: {} }));
    expect(applied.map(({ key }) => key)).toEqual(["clock", "witness", "last"]);
  });

  it("does nothing when there is nothing to do", async () => {
    const environment = sharedEnvironment({ a: {} });
    await deploy(environment);
    cloud.requests.length = 0;
    expect(await deploy(environment)).toEqual([]);
    expect(cloud.requests).toEqual(["GET v2/jobs/?project_id=102&environment_id=999&limit=100"]);
  });
});

describe("a job that fails", () => {
  const environment = sharedEnvironment({ a: {}, b: {}, c: { schedule: { at: ["05:00"] } } });

  it("does not stop other jobs, and prevents all deletes", async () => {
    await deploy(sharedEnvironment({ gone: {}, too: {} }));
    await cloud.order(refused("/jobs/$", { skip: 1, times: 1 }));
    const applied = await deploy(environment);
    expect(applied.filter(({ error }) => error !== undefined)).toMatchObject([
      {
        action: "create",
        error: expect.stringMatching(/^dbt Cloud refused the request \(400\); .*; request: POST v2\/jobs\/$/) as string,
      },
      { action: "delete", key: "gone", error: "not deleted, because another job failed" },
      { action: "delete", key: "too", error: "not deleted, because another job failed" },
    ]);
    expect(liveJobs(cloud.world)).toHaveLength(2 + 2);
    await cloud.order();
    await deploy(environment);
    expect([wrongs, await changes(environment), liveJobs(cloud.world).length]).toEqual([[], [], 3]);
  });

  it("fails the jobs that refer to it, and no others", async () => {
    await cloud.order(refused("/jobs/$", { times: 1 }));
    const applied = await deploy(sharedEnvironment(TWO));
    expect(applied).toMatchObject([
      { key: "extract", error: expect.stringMatching(/400/) as string },
      { key: "attribution", error: "extract failed, and this job refers to it" },
    ]);
    expect(applied.every(({ id }) => id === undefined)).toBe(true);
  });

  it.each<[string, ...FaultOrder[]]>([
    ["the first job of all", refused("/jobs/$", { times: 1 })],
    [
      "the first job of all and the variables of another",
      refused("/jobs/$", { times: 1 }),
      refused("/environment-variables/$", { times: 1 }),
    ],
    ["all variables", refused("/environment-variables/$")],
    ["the variables of the second", refused("/environment-variables/$", { skip: 1, times: 1 })],
    ["every update", refused("/jobs/\\d+/$")],
    ["every job", refused("/jobs/$")],
  ])("is %s, and the next deploy completes it", async (_, ...faults) => {
    await cloud.order(...faults);
    const applied = await deploy(environment);
    expect(applied.some(({ error }) => error !== undefined)).toBe(true);
    await cloud.order();
    await deploy(environment);
    expect([wrongs, await changes(environment)]).toEqual([[], []]);
    expect(liveJobs(cloud.world).map(({ id }) => overridesOf(cloud.world, id))).toEqual(
      Array.from({ length: 3 }, () => ({ DBT_SCHEMA: SCHEMA })),
    );
  });

  it("in a repairing deploy is repaired by the next deploy", async () => {
    await cloud.order(refused("/environment-variables/$"));
    await deploy(environment);
    expect(isPending("a")).toBe(true);
    for (const key of ["b", "c"]) {
      await cloud.order(refused(`/jobs/${jobOf(key).id}/$`), refused("/environment-variables/$"));
      await deploy(environment);
      expect(isPending("a")).toBe(true);
    }
    await cloud.order();
    await deploy(environment);
    expect(liveJobs(cloud.world).map(({ id }) => overridesOf(cloud.world, id))).toEqual(
      Array.from({ length: 3 }, () => ({ DBT_SCHEMA: SCHEMA })),
    );
    expect([wrongs, isPending("a"), await changes(environment)]).toEqual([[], false, []]);
  });
});

describe("applying the plan of any file", () => {
  const anyFile = arbitraryEnvironments.map(([first]) =>
    sharedEnvironment({}, { jobs: first!.jobs, environment_variables: first!.environment_variables }),
  );

  it("leaves nothing to do, changes no other job, and never builds into another schema", async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, fc.func(fc.boolean()), async (environment, keeps) => {
        await shut();
        await open();
        const client = clientOf(cloud);
        await knowVariables(client, cloud.world, environment);
        const theirs = { ref: "feature/x-y", user: "jennifer" };
        await deployOf(client, environment, theirs);
        const neighbours = liveJobs(cloud.world).map(({ id }) => id);
        const before = bytesOf(cloud.world, neighbours);

        const isGood = ({ error }: Applied): boolean => error === undefined;
        expect((await deploy(environment)).every(isGood)).toBe(true);
        expect(await changes(environment)).toEqual([]);

        const kept = Object.entries(environment.jobs).filter(([key, job]) => {
          const referred = [
            job.run_after?.job,
            typeof job.defer_to === "object" && "job" in job.defer_to && job.defer_to.job,
          ];
          return referred.every((other) => !other) && keeps(key);
        });
        const other = sharedEnvironment(
          {},
          {
            jobs: Object.fromEntries(
              kept.map(([key, job]) => [key, { ...job, threads: 9, environment_variables: {} }]),
            ),
          },
        );
        expect((await deploy(other)).every(isGood)).toBe(true);
        expect(await changes(other)).toEqual([]);
        const gone = Object.keys(environment.jobs).filter((key) => kept.every(([own]) => own !== key));
        expect(
          gone.every((key) =>
            jobsOf(cloud.world)
              .all()
              .some(({ name, state }) => state === 2 && name === branch().nameOf(key)),
          ),
        ).toBe(true);
        expect([wrongs, bytesOf(cloud.world, neighbours)]).toEqual([[], before]);
      }),
      { numRuns: 10 },
    );
  });
});
