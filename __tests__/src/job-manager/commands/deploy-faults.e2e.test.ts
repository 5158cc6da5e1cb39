import fc from "fast-check";
import { deploy } from "../../../../src/job-manager/commands/deploy";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { environmentVariablesOf } from "../../../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { wrongsIn } from "../../../support/branch-deploy";
import { branch } from "../../../support/branch-records";
import { jobData } from "../../../support/env-file";
import {
  addVariable,
  bytesOf,
  liveJobs,
  openCloud,
  overridesOf,
  type FaultOrder,
  type ListeningCloud,
} from "../../../support/listening-cloud";
import { addNeighbours } from "../../../support/neighbours";
import { bench, devFile, JOBS, personEnv } from "../../../support/work-on-branch";

/** Jobs that need every kind of write: creates, updates with and without variables, a removed variable, and a delete. */
const BEFORE = {
  extract: jobData({ environment_variables: { DBT_A: "old", DBT_B: "goes" } }),
  attribution: jobData({ schedule: { at: ["05:00"] } }),
  keeps: jobData(),
  gone: jobData(),
};
const AFTER = {
  extract: jobData({ environment_variables: { DBT_A: "new" } }),
  attribution: jobData({ schedule: { at: ["06:00"] } }),
  keeps: jobData(),
  campaigns: JOBS.campaigns,
  validation: jobData(),
};
const SCHEMA = { DBT_SCHEMA: branch().schema };
const WANTED = {
  extract: { ...SCHEMA, DBT_A: "new" },
  attribution: SCHEMA,
  keeps: SCHEMA,
  campaigns: SCHEMA,
  validation: SCHEMA,
};

let cloud: ListeningCloud;
let neighbours: number[];
let wrongs: string[];
let files: { before: string; after: string };
let start: {
  jobs: ReturnType<typeof liveJobs>;
  variables: ReturnType<ReturnType<typeof environmentVariablesOf>["all"]>;
};

const run = (config: string, dryRun = false): Promise<CommandResult> => {
  const flags = { exitCode: true, only: [], adopt: false, full: dryRun, yes: true, run: false };
  return deploy({ config, dryRun, ...flags }, bench(personEnv(cloud)));
};

let isReady = false;

beforeAll(async () => {
  wrongs = [];
  cloud = await openCloud((world) => {
    wrongs.push(...wrongsIn(world));
  });
  for (const name of ["DBT_A", "DBT_B"]) addVariable(cloud.world, name, "of the project");
});
afterAll(() => cloud.close());

beforeEach(async () => {
  if (isReady) return;
  isReady = true;
  files = { before: devFile(BEFORE), after: devFile(AFTER) };
  neighbours = addNeighbours(cloud.world, 90);
  expect((await run(files.before)).text).toContain("4 created, 0 updated, 0 deleted, 0 unchanged, 0 failed.");
  start = { jobs: liveJobs(cloud.world), variables: environmentVariablesOf(cloud.world).all() };
});

/** Restores the state before the deploy. */
function restore(): void {
  const [jobs, variables] = [jobsOf(cloud.world), environmentVariablesOf(cloud.world)];
  for (const { id } of jobs.all()) jobs.remove(id);
  for (const { id } of variables.all()) variables.remove(id);
  for (const job of start.jobs) jobs.put(job);
  for (const variable of start.variables) variables.put(variable);
  wrongs.length = 0;
  cloud.requests.length = 0;
}

/** The branch's jobs in dbt Cloud: their own variables, by key. */
function own(): Record<string, Record<string, string>> {
  const entries = liveJobs(cloud.world)
    .filter(({ id }) => !neighbours.includes(id))
    .map(({ id, name }) => [name.replace(branch().nameOf(""), ""), overridesOf(cloud.world, id)] as const);
  return Object.fromEntries(entries);
}

/** Deploys while faults happen, and returns whether the deploy succeeded. */
async function deployUnder(faults: readonly FaultOrder[]): Promise<boolean> {
  await cloud.order(...faults);
  return run(files.after).then(
    ({ exitCode }) => exitCode === 0,
    (error: unknown) => {
      if (!(error instanceof Error && error.name === "DbtCloudError")) throw error;
      return false;
    },
  );
}

/** What the faults broke, if anything. There is one deploy for each list of faults, and a last one without faults. */
async function brokenBy(
  ...deploys: readonly (readonly FaultOrder[])[]
): Promise<{ succeeded: boolean; broken: string[] }> {
  restore();
  const before = bytesOf(cloud.world, neighbours);
  let succeeded = false;
  for (const faults of deploys) succeeded = await deployUnder(faults);
  const afterFault = own();
  await cloud.order();
  const lost = Object.keys(BEFORE).filter((key) => !(key in afterFault) && key !== "gone");
  const isHasty = !("gone" in afterFault) && !equal(afterFault, WANTED);
  const again = succeeded ? 0 : (await run(files.after)).exitCode;
  const plan = (await run(files.after, true)).exitCode;
  const checks: [string, boolean][] = [
    [`${lost.join(", ")} was lost`, lost.length > 0],
    ["it deleted before all else was done", isHasty],
    [`run again it failed with ${again}`, again !== 0],
    [`there is something left to do after its end: ${plan}`, plan !== 0],
    [`there is something else: ${JSON.stringify(own())}`, !equal(own(), WANTED)],
    ["a neighbour was changed", bytesOf(cloud.world, neighbours) !== before],
    [[...new Set(wrongs)].join(", "), wrongs.length > 0],
  ];
  return { succeeded, broken: checks.filter(([, is]) => is).map(([words]) => words) };
}

function equal(a: object, b: object): boolean {
  const sorted = (value: object): string =>
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null ? Object.fromEntries(Object.entries(inner).sort()) : inner,
    );
  return sorted(a) === sorted(b);
}

async function countOfRequests(): Promise<number> {
  restore();
  await cloud.order();
  await run(files.after);
  return cloud.requests.length;
}

const PASSING: readonly (readonly [string, FaultOrder])[] = [
  ["429", { kind: "status", code: 429 }],
  ["429 with Retry-After", { kind: "status", code: 429, retry_after: 3 }],
  ["500 before it is done", { kind: "status", code: 500 }],
  ["500 after it is done", { kind: "status", code: 500, after: true }],
  ["503 with HTML before it is done", { kind: "html", code: 503 }],
  ["503 with HTML after it is done", { kind: "html", code: 503, after: true }],
  ["a connection dropped before it is done", { kind: "drop_before" }],
  ["a connection dropped after it is done", { kind: "drop_after" }],
  ["a slow answer", { kind: "latency", milliseconds: 50 }],
];

describe("a deploy with every feature", () => {
  it("sends requests of every kind", async () => {
    expect(await countOfRequests()).toBeGreaterThan(15);
    const kinds = new Set(cloud.requests.map((line) => line.replace(/\?.*/, "").replace(/\d+\/$/, "N/")));
    expect(kinds).toEqual(
      new Set([
        "GET v2/jobs/",
        "GET v3/projects/102/environment-variables/environment/",
        "GET v3/projects/102/environment-variables/job/",
        "POST v2/jobs/",
        "POST v2/jobs/N/",
        "POST v3/projects/102/environment-variables/",
        "POST v3/projects/102/environment-variables/N/",
        "DELETE v3/projects/102/environment-variables/N/",
        "DELETE v2/jobs/N/",
      ]),
    );
    // The list of two pages is read before the writes and after them.
    expect(cloud.requests.filter((line) => line.startsWith("GET v2/jobs/"))).toHaveLength(4);
    expect([own(), wrongs]).toEqual([WANTED, []]);
  });

  it.each(PASSING)("succeeds when any one request is answered by %s", async (_, fault) => {
    const count = await countOfRequests();
    for (let skip = 0; skip < count; skip++) {
      expect([skip, await brokenBy([{ ...fault, skip, times: 1 }])]).toEqual([skip, { succeeded: true, broken: [] }]);
    }
  });

  it.each([
    ["HTML before it is done", { kind: "html", code: 200 }],
    ["HTML after it is done", { kind: "html", code: 200, after: true }],
  ])(
    "is completed by the next deploy when any one request is answered by %s with 200, and fails when a first read is",
    async (_, fault) => {
      const count = await countOfRequests();
      const reads = cloud.requests.map((line) => line.startsWith("GET"));
      for (let skip = 0; skip < count; skip++) {
        const { succeeded, broken } = await brokenBy([{ ...fault, skip, times: 1 }]);
        expect([skip, broken]).toEqual([skip, []]);
        if (reads[skip] && reads.slice(0, skip).every(Boolean)) expect([skip, succeeded]).toEqual([skip, false]);
      }
    },
  );

  it("fails before the first write when a page is incomplete", async () => {
    for (const skip of [0, 1]) {
      const fault = { kind: "short_page", method: "GET", path: "/jobs/\\?", skip, times: 1 };
      expect(await brokenBy([fault])).toEqual({ succeeded: false, broken: [] });
      restore();
      await cloud.order(fault);
      await expect(run(files.after)).rejects.toThrow(/items, but \d+ of \d+ were expected/);
      expect(cloud.requests.filter((line) => !line.startsWith("GET"))).toEqual([]);
    }
  });

  it.each([
    ["every create", { kind: "status", code: 503, method: "POST", path: "/jobs/$" }],
    ["every create after it is done", { kind: "drop_after", method: "POST", path: "/jobs/$" }],
    ["every update", { kind: "drop_before", method: "POST", path: "/jobs/\\d+/$" }],
    ["every update after it is done", { kind: "drop_after", method: "POST", path: "/jobs/\\d+/$" }],
    ["every variable", { kind: "status", code: 500, path: "environment-variables/(?:\\d+/)?$" }],
    [
      "every variable after it is done",
      { kind: "status", code: 500, path: "environment-variables/(?:\\d+/)?$", after: true },
    ],
    ["every delete", { kind: "html", code: 200, method: "DELETE" }],
    ["every write", { kind: "drop_before", method: "POST" }],
    ["every write after it is done", { kind: "drop_after", method: "POST" }],
  ])("is completed by the next deploy when %s is lost", async (_, fault) => {
    const { broken } = await brokenBy([fault]);
    expect(broken).toEqual([]);
  });

  it("is completed by the third deploy after two interruptions at any point", async () => {
    const count = await countOfRequests();
    const offsets = Array.from({ length: Math.ceil(count / 3) }, (_, i) => i * 3);
    for (const first of offsets) {
      for (const second of offsets.filter((offset) => (first + offset) % 2 === 0)) {
        const { broken } = await brokenBy(
          [{ kind: "drop_before", skip: first }],
          [{ kind: "drop_after", skip: second }],
        );
        expect([first, second, broken]).toEqual([first, second, []]);
      }
    }
  });

  it("is completed by the third deploy after any two failures", async () => {
    const fault = fc.record({
      kind: fc.constantFrom("drop_before", "drop_after", "status", "html", "short_page"),
      code: fc.constantFrom(200, 400, 429, 500, 503),
      after: fc.boolean(),
      skip: fc.integer({ min: 0, max: 25 }),
      times: fc.integer({ min: 1, max: 12 }),
      method: fc.constantFrom("GET", "POST", "DELETE"),
    });
    const faults = fc.array(fault, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(faults, faults, async (first, second) => {
        expect((await brokenBy(first, second)).broken).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
