import fc from "fast-check";
import type { JobRecord } from "../../../../src/dbt-cloud/jobs";
import type { Override } from "../../../../src/dbt-cloud/environment-variables";
import { takeInventory } from "../../../../src/job-manager/branch-jobs/inventory";
import { markedDescription, markOf, type Mark } from "../../../../src/job-manager/branch-jobs/mark";
import {
  overridesToRead,
  planDeploy,
  type PlanInput,
  type PlannedJob,
} from "../../../../src/job-manager/branch-jobs/plan";
import { branch, deployed, IDS, mark, record, sharedEnvironment, wantedOf } from "../../../support/branch-records";

interface Situation {
  readonly jobs?: Readonly<Record<string, object>>;
  readonly records?: readonly JobRecord[];
  readonly overrides?: ReadonlyMap<number, ReadonlyMap<string, Override>>;
  readonly only?: readonly string[];
  readonly adopt?: boolean;
}

function inputOf({ jobs = {}, records = [], overrides = new Map(), only, adopt }: Situation): PlanInput {
  const wanted = wantedOf(sharedEnvironment(jobs));
  const inventory = takeInventory(branch(), Object.keys(jobs), records, adopt);
  return { wanted, inventory, overrides, ids: IDS, only };
}

const plan = (situation: Situation): PlannedJob[] => planDeploy(inputOf(situation));

/** `update a 1: threads` for a job's action, key, id and fields. */
function inShort(job: PlannedJob): string {
  if (job.action === "create") return `create ${job.wanted.key}`;
  if (job.action === "delete") return `delete ${job.key} ${job.record.id}`;
  if (job.action === "unchanged") return `unchanged ${job.wanted.key} ${job.record.id}`;
  const fields = [...job.differences.map(({ field }) => field), ...job.overrides.map(({ name }) => name)];
  return `update ${job.wanted.key} ${job.record.id}: ${fields.join(", ")}`;
}

const JOBS = { extract: {}, attribution: { run_after: { job: "extract" } } };
const [extract, attribution] = wantedOf(sharedEnvironment(JOBS));

describe("a plan", () => {
  it("creates missing jobs, with all their variables", () => {
    const [first] = plan({ jobs: JOBS });
    expect(first).toMatchObject({
      action: "create",
      overrides: [{ name: "DBT_SCHEMA", after: "marketing_feature_x_jennifer" }],
    });
    expect(plan({ jobs: JOBS }).map(inShort)).toEqual(["create extract", "create attribution"]);
  });

  it("does not change a job without differences", () => {
    const records = [deployed(extract!, 1), deployed(attribution!, 2, () => 1)];
    expect(plan({ jobs: JOBS, records }).map(inShort)).toEqual(["unchanged extract 1", "unchanged attribution 2"]);
  });

  it("changes a job that refers to a new job", () => {
    const [, update] = plan({ jobs: JOBS, records: [deployed(attribution!, 2, () => 1)] });
    expect(update).toMatchObject({
      differences: [{ field: "run_after", before: "job 1 (success)", after: "a new job (success)" }],
    });
  });

  it("deletes the jobs that the file no longer has, after everything else", () => {
    const gone = record({ id: 7, mark: mark({ key: "gone" }) });
    expect(plan({ jobs: JOBS, records: [gone] }).map(inShort)).toEqual([
      "create extract",
      "create attribution",
      "delete gone 7",
    ]);
  });

  it("deletes the second of two jobs with the same mark and name", () => {
    const records = [deployed(extract!, 4), deployed(extract!, 5)];
    expect(plan({ jobs: { extract: {} }, records }).map(inShort)).toEqual(["unchanged extract 4", "delete extract 5"]);
  });

  it("ignores copies", () => {
    const records = [deployed(extract!, 4), { ...deployed(extract!, 5), name: "Copy" }];
    expect(plan({ jobs: { extract: {} }, records }).map(inShort)).toEqual(["unchanged extract 4"]);
  });

  it("only covers the selected keys", () => {
    const records = [record({ id: 7, mark: mark({ key: "gone" }) })];
    expect(plan({ jobs: JOBS, records, only: ["extract"] }).map(inShort)).toEqual(["create extract"]);
    expect(plan({ jobs: JOBS, records, only: ["gone"] }).map(inShort)).toEqual(["delete gone 7"]);
  });

  it("gives an adopted job everything that it lacks", () => {
    const unmarked = record({ id: 3, name: extract!.name, execute_steps: ["dbt run"] });
    const overrides = new Map([[3, new Map([["DBT_X", { id: 1, value: "x" }]])]]);
    const [update] = plan({ jobs: { extract: {} }, records: [unmarked], adopt: true, overrides });
    expect(inShort(update!)).toMatch(/^update extract 3: execute_steps\[0\], .*mark, DBT_SCHEMA, DBT_X$/);
    expect(update).toMatchObject({ changedByHand: false });
  });

  it("compares variables only where they were read", () => {
    const own = (values: Record<string, string>): Map<number, Map<string, Override>> =>
      new Map([[1, new Map(Object.entries(values).map(([name, value], id) => [name, { id, value }]))]]);
    const jobs = { extract: {} };
    const records = [deployed(extract!, 1)];
    const ours = "marketing_feature_x_jennifer";
    expect(plan({ jobs, records, overrides: own({ DBT_SCHEMA: ours }) }).map(inShort)).toEqual(["unchanged extract 1"]);
    expect(plan({ jobs, records, overrides: own({}) })).toMatchObject([
      { overrides: [{ name: "DBT_SCHEMA", after: ours }], changedByHand: true },
    ]);
    expect(plan({ jobs, records, overrides: own({ DBT_SCHEMA: "marketing", DBT_X: "1" }) })).toMatchObject([
      {
        overrides: [
          { name: "DBT_SCHEMA", before: { value: "marketing" }, after: ours },
          { name: "DBT_X", before: { value: "1" } },
        ],
      },
    ]);
  });

  it("shows whether somebody made a change in dbt Cloud", () => {
    const jobs = { extract: { threads: 8 } };
    const [wanted] = wantedOf(sharedEnvironment(jobs));
    const byHand = { ...deployed(wanted!, 1), execute_steps: ["dbt run"] };
    const inFile = deployed(extract!, 1);
    expect(plan({ jobs, records: [byHand] })).toMatchObject([{ changedByHand: true }]);
    expect(plan({ jobs, records: [inFile] })).toMatchObject([{ changedByHand: false }]);
  });
});

describe("the variables to read", () => {
  const settled = deployed(extract!, 1);
  const pending = (id: number): JobRecord => ({
    ...deployed(attribution!, id),
    description: markedDescription("x", { ...attribution!.mark, pending: true }),
  });

  it.each<[string, Situation, boolean, number[]]>([
    ["none where the marks say what is wanted", { records: [settled] }, false, []],
    ["all when they are asked for", { records: [settled] }, true, [1]],
    [
      "those of jobs whose mark says otherwise",
      { records: [record({ id: 3, mark: mark({ key: "extract" }) })] },
      false,
      [3],
    ],
    [
      "those of jobs that are taken over",
      { records: [record({ id: 3, name: extract!.name })], adopt: true },
      false,
      [3],
    ],
    ["all after an interrupted deploy", { records: [settled, pending(2)] }, false, [1, 2]],
    [
      "all selected jobs after an interrupted deploy",
      { records: [settled, pending(2)], only: ["extract"] },
      false,
      [1],
    ],
    [
      "all after a deploy that was interrupted at a job that the file no longer has",
      { records: [settled, record({ id: 9, mark: mark({ key: "gone", pending: true }) })] },
      false,
      [1],
    ],
    [
      "none because of somebody else's deploy",
      { records: [settled, record({ id: 9, mark: mark({ user: "other", pending: true }) })] },
      false,
      [],
    ],
  ])("are %s", (_, situation, full, expected) => {
    expect(overridesToRead(inputOf({ jobs: JOBS, ...situation }), full)).toEqual(expected);
  });
});

describe("a plan for random jobs", () => {
  const KEYS = ["extract", "attribution", "x", "x-y", "gone"];
  const ours = branch();
  const anyOwner = fc.record({
    team: fc.constantFrom("marketing-team", "marketing", "growth-team"),
    project: fc.constantFrom(102, 103),
    environment: fc.constantFrom(999, 302),
    ref: fc.constantFrom("feature/x", "feature-x", "feature/x-y", "feature", "Feature/x"),
    user: fc.constantFrom("jennifer", "x-jennifer", "Jennifer", "jen"),
  });
  const anyMark: fc.Arbitrary<Mark> = fc
    .tuple(
      fc.oneof({ weight: 2, arbitrary: fc.constant(ours.owner) }, { weight: 1, arbitrary: anyOwner }),
      fc.constantFrom(...KEYS),
      fc.boolean(),
    )
    .map(([owner, key, pending]) => mark({ ...owner, key, ...(pending ? { pending: true } : {}) }));
  const text = fc.constantFrom("Builds it\n\nOwner: marketing", "", 'x\n\ndbt-job-manager/v1 {"a":1}');
  const description = fc.oneof(
    fc.tuple(text, anyMark).map(([words, own]) => markedDescription(words, own)),
    fc.tuple(text, anyMark).map(([words, own]) => markedDescription(words, own).replace("/v1 ", "/v2 ")),
    fc.tuple(text, anyMark).map(([words, own]) => `${markedDescription(words, own)}\nSee the wiki`),
    fc.tuple(text, anyMark).map(([words, own]) => markedDescription(words, own).slice(0, -1)),
    text,
  );
  const name = fc.oneof(
    fc.constantFrom(...KEYS).map((key) => ours.nameOf(key)),
    fc.constantFrom("marketing-team-extract-production", "Copy of a job", `${ours.nameOf("x")}-y`),
  );
  const world = fc.record({
    records: fc
      .array(fc.record({ name, description }), { maxLength: 12 })
      .map((jobs) => jobs.map((job, i) => record({ ...job, id: i + 1 }))),
    jobs: fc.subarray(KEYS.slice(0, 4)).map((keys) => Object.fromEntries(keys.map((key) => [key, {}]))),
    only: fc.option(fc.subarray(KEYS), { nil: undefined }),
    adopt: fc.boolean(),
  });

  const isOurs = (job: JobRecord): boolean => {
    const found = markOf(job.description);
    return (
      found !== undefined &&
      (["team", "project", "environment", "ref", "user"] as const).every((part) => found[part] === ours.owner[part])
    );
  };

  it("changes no job with a different mark; it only adopts unmarked jobs with a name of the branch", () => {
    fc.assert(
      fc.property(world, (situation) => {
        for (const job of plan(situation)) {
          if (job.action === "create" || isOurs(job.record)) continue;
          expect(job.action).toBe("update");
          expect(situation.adopt).toBe(true);
          expect(job.record.description.split("\n").at(-1)).not.toMatch(/^dbt-job-manager/);
          expect(KEYS.map((key) => ours.nameOf(key))).toContain(job.record.name);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("changes each selected job once, and no other job", () => {
    fc.assert(
      fc.property(world, (situation) => {
        const jobs = plan(situation);
        const ids = jobs.flatMap((job) => (job.action === "create" ? [] : [job.record.id]));
        expect(new Set(ids).size).toBe(ids.length);
        const created = jobs.flatMap((job) => (job.action === "delete" ? [] : [job.wanted.key]));
        const meant = Object.keys(situation.jobs).filter((key) => situation.only?.includes(key) ?? true);
        expect(created).toEqual(meant);
        for (const job of jobs) {
          if (job.action === "delete") expect(situation.only?.includes(job.key) ?? true).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("changes no marked job with another name, and adopts one only on request", () => {
    fc.assert(
      fc.property(world, (situation) => {
        for (const job of plan(situation)) {
          if (job.action === "create" || !isOurs(job.record)) continue;
          const { key } = markOf(job.record.description)!;
          if (job.record.name === ours.nameOf(key)) continue;
          expect([job.action, situation.adopt]).toEqual(["update", true]);
          const carriers = situation.records.filter(
            (other) => isOurs(other) && markOf(other.description)?.key === key,
          ).length;
          expect(carriers).toBe(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
