import type { Run } from "../../../../src/dbt-cloud/runs";
import type { JobRecord } from "../../../../src/dbt-cloud/jobs";
import {
  candidates,
  copies,
  staleJobs,
  type CleanupCriteria,
  type CleanupInput,
} from "../../../../src/job-manager/branch-jobs/stale-jobs";
import { branch, mark, record } from "../../../support/branch-records";

const NOW = new Date("2026-01-20T12:00:00Z");
const ago = (days: number): string => new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000).toISOString();

/** A run of job 1. */
function run(days: number, cause_category: string, more: Partial<Run> = {}): Run {
  return {
    id: 1,
    job_definition_id: 1,
    project_id: 102,
    status: 10,
    status_humanized: "Success",
    created_at: ago(days),
    trigger: { cause: "x", cause_category },
    ...more,
  };
}

/** Adds a job that was deployed this number of days ago. */
function job(days: number, more: Parameters<typeof mark>[0] = {}, row: object = {}): JobRecord {
  return record({ mark: mark(more), updated_at: ago(days), ...row });
}

function inputOf(records: readonly JobRecord[], runs: readonly Run[] = []): CleanupInput {
  return { branch: branch(), records, runs, now: NOW };
}

function found(
  records: readonly JobRecord[],
  runs: readonly Run[] = [],
  criteria: Partial<CleanupCriteria> = {},
): object[] {
  return staleJobs(inputOf(records, runs), { allUsers: false, ...criteria }).map(
    ({ record: { id }, idleDays, isRunning }) => ({
      id,
      idleDays,
      isRunning,
    }),
  );
}

const idle = (id: number, idleDays: number, isRunning = false): object => ({ id, idleDays, isRunning });

describe("the idle time of a job", () => {
  it("counts from its last deploy, independent of scheduled runs", () => {
    const daily = Array.from({ length: 8 }, (_, day) => run(day, "scheduled"));
    expect(found([job(8)], daily, { olderThanDays: 7 })).toEqual([idle(1, 8)]);
  });

  it.each(["api", "ui", "rerun"])("counts from a run that somebody started: %s", (cause) => {
    expect(found([job(8)], [run(1, cause), run(5, cause)])).toEqual([idle(1, 1)]);
    expect(found([job(8)], [run(1, cause)], { olderThanDays: 7 })).toEqual([]);
  });

  it.each(["scheduled", "job completion", "github_webhook", "something new"])(
    "does not count from a run by %s",
    (cause) => {
      expect(found([job(8)], [run(1, cause)])).toEqual([idle(1, 8)]);
    },
  );

  it("does not count from a run of a clean-up that could not drop the schema, so the next clean-up tries again", () => {
    const failed = run(1, "api", {
      trigger: { cause: "Clean-up by jennifer with dbt-job-manager (x)", cause_category: "api" },
    });
    expect(found([job(8)], [failed], { olderThanDays: 7 })).toEqual([idle(1, 8)]);
  });

  it("does not count from another job's run, nor from one without a cause", () => {
    expect(found([job(8)], [run(1, "api", { job_definition_id: 2 }), run(1, "api", { trigger: null })])).toEqual([
      idle(1, 8),
    ]);
  });

  it.each([
    [7, 7, true],
    [6.99, 7, false],
    [7.99, 8, false],
    [30, 7, true],
  ])("of %d days is at least %d: %p", (days, olderThanDays, is) => {
    expect(found([job(days)], [], { olderThanDays })).toHaveLength(is ? 1 : 0);
  });

  it.each([null, undefined, "", "soon"])("is zero when dbt Cloud reports %p as the last change", (updated_at) => {
    expect(found([job(8, {}, { updated_at })], [], { olderThanDays: 1 })).toEqual([]);
  });

  it("is zero when the time of a run is not readable", () => {
    expect(found([job(8)], [run(1, "api", { created_at: "soon" })], { olderThanDays: 1 })).toEqual([]);
  });

  it("is read from the times as dbt Cloud writes them", () => {
    expect(found([job(8, {}, { updated_at: "2026-01-12 12:00:00.000000+00:00" })])).toEqual([idle(1, 8)]);
    expect(found([job(8, {}, { updated_at: "2026-01-12T12:00:00.000000" })])).toEqual([idle(1, 8)]);
  });
});

describe("a job with a run in progress", () => {
  it.each([1, 2, 3])("is recognized: status %d", (status) => {
    expect(found([job(8)], [run(0, "scheduled", { status })])).toEqual([idle(1, 8, true)]);
  });

  it.each([10, 20, 30])("is not recognized after its run has ended: status %d", (status) => {
    expect(found([job(8)], [run(0, "scheduled", { status })])).toEqual([idle(1, 8)]);
  });
});

describe("the jobs that a clean-up selects", () => {
  const own = job(8);
  const colleague = job(8, { user: "sam" }, { id: 2 });
  const otherBranch = job(9, { ref: "feature/x-y" }, { id: 3 });
  const strangers = [
    job(8, { team: "growth-team" }, { id: 4 }),
    job(8, { project: 103 }, { id: 5 }),
    job(8, { environment: 302 }, { id: 6 }),
    record({ id: 7, name: own.name }),
    record({ id: 8, name: "marketing-team-attribution-production" }),
    record({ id: 9, name: own.name, description: own.description.replace("/v1", "/v2") }),
  ];
  const all = [own, colleague, otherBranch, ...strangers];

  it("are the person's own, of all branches, longest idle first", () => {
    expect(found(all)).toEqual([idle(3, 9), idle(1, 8)]);
  });

  it("are the team's with --all-users, and never those without its mark", () => {
    expect(found(all, [], { allUsers: true })).toEqual([idle(3, 9), idle(1, 8), idle(2, 8)]);
    expect(candidates(inputOf(all), true)).toHaveLength(3);
  });

  it("are those of a branch by its full name", () => {
    expect(found(all, [], { branch: "feature/x" })).toEqual([idle(1, 8)]);
    expect(found(all, [], { branch: "feature" })).toEqual([]);
    expect(found(all, [], { branch: "feature-x" })).toEqual([]);
  });

  it("meet all criteria", () => {
    const isMerged = (ref: string): boolean => ref === "feature/x-y";
    expect(found(all, [], { isMerged, allUsers: true })).toEqual([idle(3, 9)]);
    expect(found(all, [], { isMerged, branch: "feature/x" })).toEqual([]);
    expect(found(all, [], { isMerged, olderThanDays: 10 })).toEqual([]);
  });

  it("are not copies that somebody made in dbt Cloud", () => {
    const copy = job(9, {}, { id: 10, name: "My analysis" });
    expect(found([copy, own])).toEqual([idle(1, 8)]);
    const renamed = { ...colleague, name: "My analysis" };
    expect(found([own, renamed], [], { allUsers: true })).toEqual([idle(1, 8)]);
    expect(copies(inputOf([own, renamed, copy])).map(({ record: { id } }) => id)).toEqual([renamed.id, 10]);
    expect(candidates(inputOf([copy, { ...own, name: "renamed" }]), false)).toEqual([]);
  });
});
