import { obstaclesOf, type ObstacleInput } from "../../../../src/job-manager/branch-jobs/obstacles";
import { takeInventory } from "../../../../src/job-manager/branch-jobs/inventory";
import type { JobRecord } from "../../../../src/dbt-cloud/jobs";
import { branch, mark, record, sharedEnvironment, wantedOf } from "../../../support/branch-records";

interface Situation {
  readonly jobs?: Readonly<Record<string, object>>;
  readonly records?: readonly JobRecord[];
  readonly known?: readonly string[];
  readonly only?: readonly string[];
  readonly adopt?: boolean;
}

function obstacles({
  jobs = { attribution: {} },
  records = [],
  known = ["DBT_SCHEMA"],
  only,
  adopt,
}: Situation): object[] {
  const wanted = wantedOf(sharedEnvironment(jobs));
  const input: ObstacleInput = {
    branch: branch(),
    wanted,
    inventory: takeInventory(branch(), Object.keys(jobs), records, adopt),
    only,
    knownVariables: new Set(known),
  };
  return obstaclesOf(input);
}

const name = branch().nameOf("attribution");

describe("a deploy", () => {
  it("has no obstacle in an empty environment, or with jobs of its own and of others", () => {
    expect(obstacles({})).toEqual([]);
    expect(
      obstacles({
        records: [
          record({ mark: mark() }),
          record({ id: 2 }),
          record({ id: 3, name: `${name}-2` }),
          record({ id: 4, mark: mark({ ref: "feature/x-y", schema: "marketing_feature_x_y_jennifer" }) }),
        ],
      }),
    ).toEqual([]);
  });

  it("reports all obstacles together", () => {
    const records = [record({ name }), record({ id: 2, mark: mark({ ref: "feature-x", key: "a" }) })];
    const found = obstacles({
      records,
      known: [],
      jobs: { attribution: { run_after: { job: "ltv" } }, ltv: {} },
      only: ["attribution"],
    });
    expect(found.map((obstacle) => (obstacle as { subject: string }).subject)).toEqual([
      `job 1 "${name}"`,
      "schema marketing_feature_x_jennifer",
      "environment variable DBT_SCHEMA",
      "job attribution",
    ]);
  });
});

describe("a name of another job", () => {
  const unmarked = {
    subject: `job 1 "${name}"`,
    reason: "it has this branch's name but not its mark, so it may be somebody else's",
    allowed: "names that no other job has",
    fix: "check the job in dbt Cloud; adopt it with `--adopt`, or rename it",
  };

  it("by a job without a mark is an obstacle, unless the job is adopted", () => {
    expect(obstacles({ records: [record({ name })] })).toEqual([unmarked]);
    expect(obstacles({ records: [record({ name })], adopt: true })).toEqual([]);
  });

  it("by two jobs without a mark is an obstacle, although one is adopted", () => {
    const records = [record({ name }), record({ id: 2, name })];
    expect(obstacles({ records })).toHaveLength(2);
    expect(obstacles({ records, adopt: true })).toEqual([
      { ...unmarked, fix: "check the job in dbt Cloud, then rename or delete it: this branch already has its own job" },
    ]);
  });

  it("by a copy of another job of the branch is an obstacle", () => {
    const copy = record({ id: 2, mark: mark({ key: "ltv" }), name });
    for (const adopt of [false, true]) {
      expect(obstacles({ records: [copy], adopt })).toEqual([
        {
          subject: `job 2 "${name}"`,
          reason: "it has the mark of this branch's job ltv, so somebody copied or renamed that job",
          allowed: "names that no other job has",
          fix: "check the job in dbt Cloud, then rename or delete it",
        },
      ]);
    }
  });

  it("by a job in addition to the branch's own cannot be adopted", () => {
    const records = [record({ name }), record({ id: 2, mark: mark() })];
    for (const adopt of [false, true]) {
      expect(obstacles({ records, adopt })).toMatchObject([
        { fix: /^look at it in dbt Cloud and rename or delete it/ },
      ]);
    }
  });

  it.each(['dbt-job-manager/v2 {"owner":"x"}', "dbt-job-manager/v1 {"])(
    "by a job with %p is never taken over",
    (line) => {
      const records = [record({ name, description: `Text\n\n${line}` })];
      for (const adopt of [false, true]) {
        expect(obstacles({ records, adopt })).toEqual([
          {
            subject: `job 1 "${name}"`,
            reason: "its mark was written by another version of this program, or changed by hand",
            allowed: "names that no other job has",
            fix: "update this program; if the job is yours, delete the last line of its description and use `--adopt`",
          },
        ]);
      }
    },
  );

  it("by another owner with the same names is an obstacle that names the owner", () => {
    const theirs = mark({ ref: "feature", user: "x-jennifer", schema: "marketing_other" });
    const found = obstacles({ records: [record({ mark: theirs })], adopt: true });
    expect(found).toEqual([
      {
        subject: `job 1 "${name}"`,
        reason: "it belongs to branch feature of x-jennifer, whose jobs have the same names",
        allowed: "one owner for each name",
        fix: "rename your branch, or ask the owner to clean up theirs",
      },
    ]);
  });

  it("is ignored for a job that is not selected", () => {
    expect(obstacles({ records: [record({ name })], jobs: { attribution: {}, ltv: {} }, only: ["ltv"] })).toEqual([]);
  });

  it("by a copy of the branch's own job is not an obstacle", () => {
    const records = [record({ mark: mark() }), record({ id: 2, mark: mark(), name: "Copy" })];
    expect(obstacles({ records })).toEqual([]);
  });
});

describe("a schema", () => {
  it("of another branch is one obstacle per owner, for any selection", () => {
    const theirs = (id: number, key: string, user: string): JobRecord =>
      record({ id, mark: mark({ key, user, ref: "feature", schema: branch().schema }) });
    const records = [theirs(1, "a", "x"), theirs(2, "b", "x"), theirs(3, "a", "y")];
    expect(obstacles({ records, only: [] }).map((one) => (one as { reason: string }).reason)).toEqual([
      "branch feature of x builds into the same schema",
      "branch feature of y builds into the same schema",
    ]);
  });

  it.each(["marketing_feature_x_jennifer_prep", "marketing_feature_x"])(
    "that is %s for staging models counts",
    (schema) => {
      const records = [record({ mark: mark({ ref: "other", schema }) })];
      expect(obstacles({ records })).toHaveLength(schema.endsWith("_prep") ? 1 : 0);
    },
  );
});

describe("a variable that is missing in the project", () => {
  it("is reported once, with the project's variables", () => {
    const job = { environment_variables: { DBT_WINDOW: "30" } };
    expect(obstacles({ jobs: { a: job, b: job }, known: ["DBT_SCHEMA", "DBT_AAA"] })).toEqual([
      {
        subject: "environment variable DBT_WINDOW",
        reason: "the dbt Cloud project does not have this variable, so a job cannot have its own value",
        allowed: "DBT_AAA, DBT_SCHEMA",
        fix: "add DBT_WINDOW under Orchestration > Environments > Environment variables, with a value for the whole project",
      },
    ]);
  });

  it("is the schema's own variable when the project has none", () => {
    expect(obstacles({ known: [] })).toMatchObject([
      { subject: "environment variable DBT_SCHEMA", allowed: "none: the project has no variables" },
    ]);
  });
});

describe("a reference to a job", () => {
  const jobs = { attribution: {}, ltv: { run_after: { job: "attribution" } } };

  it("needs a job that exists or is part of the deploy", () => {
    expect(obstacles({ jobs, only: ["ltv"] })).toEqual([
      {
        subject: "job ltv",
        reason: "it refers to the job attribution, which is not deployed yet",
        allowed: "jobs of this branch that are deployed, or part of this deploy",
        fix: "add attribution to --only, or deploy all jobs",
      },
    ]);
    expect(obstacles({ jobs })).toEqual([]);
    expect(obstacles({ jobs, only: ["ltv"], records: [record({ mark: mark() })] })).toEqual([]);
  });
});

describe("a job that an earlier deploy left unfinished", () => {
  const unfinished = record({ mark: mark({ pending: true }) });
  const other = record({ id: 2, mark: mark({ key: "ltv" }) });
  const jobs = { attribution: {}, ltv: {} };

  it("is not finished alone, because the whole deploy is unfinished", () => {
    expect(obstacles({ jobs, records: [unfinished, other], only: ["attribution"] })).toEqual([
      {
        subject: `job 1 "${name}"`,
        reason:
          "a deploy of several jobs was interrupted, and this job is marked as unfinished until all of them are done",
        allowed: "a deploy of all jobs first",
        fix: "deploy once without --only",
      },
    ]);
  });

  it("is no obstacle for other jobs, for all jobs, or when it is the only job", () => {
    const records = [unfinished, other];
    expect(obstacles({ jobs, records, only: ["ltv"] })).toEqual([]);
    expect(obstacles({ jobs, records, only: ["attribution", "ltv"] })).toEqual([]);
    expect(obstacles({ jobs, records })).toEqual([]);
    expect(obstacles({ jobs, records: [unfinished], only: ["attribution"] })).toEqual([]);
  });
});
