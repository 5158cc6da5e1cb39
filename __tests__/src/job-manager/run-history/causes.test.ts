import type { Run } from "../../../../src/dbt-cloud/runs";
import type { Deadline } from "../../../../src/jobs/deadlines";
import { causeOf, type Surroundings } from "../../../../src/job-manager/run-history/causes";

const at = (time: string): Date => new Date(`2026-01-05T${time}:00Z`);
const DEADLINE: Deadline = { dayStart: at("00:00"), startsAt: at("05:00"), at: at("06:00") };

function run(id: number, created: string, ended: string | null, more: Partial<Run> = {}): Run {
  return {
    id,
    job_definition_id: 1,
    project_id: 1,
    status: ended === null ? 3 : 10,
    status_humanized: ended === null ? "Running" : "Success",
    created_at: at(created).toISOString(),
    started_at: at(created).toISOString(),
    finished_at: ended === null ? null : at(ended).toISOString(),
    ...more,
  };
}

function cause(runs: readonly Run[], more: Partial<Surroundings> = {}): [string, string] {
  const surroundings = { runs, before: new Map(), hasSchedule: true, failedStep: () => undefined, usualSeconds: 720 };
  const { cause: kind, words } = causeOf(DEADLINE, { ...surroundings, ...more });
  return [kind, words];
}

describe("the cause of a missed deadline", () => {
  it.each<[string, readonly Run[], Partial<Surroundings>, string]>([
    ["not_started", [], {}, "no run started on that day"],
    [
      "not_started",
      [run(1, "05:00", "05:10", { created_at: "2026-01-04T05:00:00Z" })],
      {},
      "no run started on that day",
    ],
    ["running", [run(1, "05:00", null)], {}, "run 1 is not finished: Running"],
    ["canceled", [run(1, "05:00", "05:01", { status: 30 })], {}, "run 1 was canceled"],
    [
      "failed",
      [run(1, "05:00", "05:01", { status: 20 }), run(2, "07:00", "07:10")],
      { failedStep: ({ id }) => (id === 1 ? "dbt build --select tag:core" : undefined) },
      "run 1 failed in dbt build --select tag:core",
    ],
    ["failed", [run(1, "05:00", "05:01", { status: 20 })], {}, "run 1 failed in no step"],
    [
      "source_late",
      [run(1, "05:00", "05:01", { status: 20 })],
      { failedStep: () => "Invoke `dbt source freshness --select source:shop`" },
      "run 1 failed in Invoke `dbt source freshness --select source:shop`",
    ],
    [
      "queued",
      [run(1, "05:00", "06:10", { started_at: at("05:50").toISOString() })],
      {},
      "run 1 waited 50 minutes in the queue",
    ],
    ["started_late", [run(1, "06:30", "06:40")], {}, "run 1 started 90 minutes after its schedule"],
    ["slow", [run(1, "05:00", "06:01")], {}, "run 1 took 61 minutes; half of the runs take 12 minutes or less"],
    ["slow", [run(1, "05:55", "06:01")], { hasSchedule: false, usualSeconds: undefined }, "run 1 took 6 minutes"],
  ])("is %s", (kind, runs, more, words) => {
    expect(cause(runs, more)).toEqual([kind, words]);
  });

  it("is a job before it that had not succeeded, whatever the job did", () => {
    const failed = [run(9, "05:10", "05:20", { status: 20 })];
    const before = (runs: readonly Run[]): Partial<Surroundings> => ({ before: new Map([["attribution", runs]]) });
    expect(cause(failed, before([]))).toEqual(["expected_job", "attribution did not succeed on that day"]);
    expect(cause(failed, before([run(1, "04:00", "05:15")]))).toEqual([
      "expected_job",
      "attribution succeeded only at 05:15 UTC",
    ]);
    expect(cause(failed, before([run(1, "04:00", "05:10")]))[0]).toBe("failed");
    expect(cause([], before([run(1, "04:00", "05:15")]))[0]).toBe("not_started");
  });
});
