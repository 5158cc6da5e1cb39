import { markOf, withoutMark } from "../../../../src/job-manager/branch-jobs/mark";
import { unfinished, payloadOf, startsByItself } from "../../../../src/job-manager/branch-jobs/wanted";
import { IDS, sharedEnvironment, wantedOf } from "../../../support/branch-records";

const ids = { ...IDS, jobIdOf: (key: string): number => key.length };

describe("the jobs of a branch", () => {
  it("are the jobs of the file, with names and marks, in the file's order", () => {
    const wanted = wantedOf(sharedEnvironment({ b: {}, a: {} }));
    expect(wanted.map(({ key, name }) => [key, name])).toEqual([
      ["b", "marketing-team-feature-x-jennifer-b"],
      ["a", "marketing-team-feature-x-jennifer-a"],
    ]);
    expect(wanted[0]!.mark).toEqual({
      team: "marketing-team",
      project: 102,
      environment: 999,
      ref: "feature/x",
      user: "jennifer",
      key: "b",
      schema: "marketing_feature_x_jennifer",
      definition: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      overrides: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
  });

  it("prefer the job's variables to the file's, and the branch's schema to both", () => {
    const [job] = wantedOf(
      sharedEnvironment(
        { a: { environment_variables: { DBT_A: "job", DBT_SCHEMA: "marketing" } } },
        { environment_variables: { DBT_A: "file", DBT_B: "file", DBT_SCHEMA: "marketing" } },
      ),
    );
    expect(job!.overrides).toEqual({ DBT_A: "job", DBT_B: "file", DBT_SCHEMA: "marketing_feature_x_jennifer" });
  });

  it("have digests that do not depend on the order of variables", () => {
    const [a, b] = [
      { DBT_A: "1", DBT_B: "2" },
      { DBT_B: "2", DBT_A: "1" },
    ].map((environment_variables) => wantedOf(sharedEnvironment({ a: { environment_variables } }))[0]!.mark);
    expect(a!.overrides).toBe(b!.overrides);
  });

  it("have different digests for different values and definitions", () => {
    const digests = [{}, { environment_variables: { DBT_A: "1" } }, { environment_variables: { DBT_A: "2" } }].map(
      (job) => wantedOf(sharedEnvironment({ a: job }))[0]!.mark.overrides,
    );
    expect(new Set(digests).size).toBe(3);
    const definitions = [
      {},
      { threads: 5 },
      { run_after: { job: "b" } },
      { run_after: { job: "c" } },
      { defer_to: "self" },
      { defer_to: { job: "b" } },
      { defer_to: { job: "c" } },
      { defer_to: { environment: "production" } },
      { defer_to: { environment: "staging" } },
    ].map((job) => wantedOf(sharedEnvironment({ a: job }))[0]!.mark.definition);
    expect(new Set(definitions).size).toBe(definitions.length);
  });

  it("have the same digest when the payload is the same", () => {
    const definitions = [{}, { sla: { finish_by: "06:00" }, category: "campaign" }, { expects: ["b"] }].map(
      (job) => wantedOf(sharedEnvironment({ a: job }))[0]!.mark.definition,
    );
    expect(new Set(definitions).size).toBe(1);
  });

  it("refer to other jobs by id", () => {
    const wanted = wantedOf(
      sharedEnvironment({
        a: { expects: ["b"] },
        b: { run_after: { job: "a" }, defer_to: { job: "c" } },
        c: { defer_to: "self" },
        d: { defer_to: { environment: "production" } },
      }),
    );
    expect(wanted.map(({ refersTo }) => refersTo)).toEqual([[], ["a", "c"], [], []]);
  });
});

describe("the body that is sent", () => {
  const [job] = wantedOf(
    sharedEnvironment({ a: { run_after: { job: "abc" }, triggers: {}, defer_to: { environment: "production" } } }),
  );

  it("has the mark below the description", () => {
    const payload = payloadOf(job!, ids, undefined);
    expect(withoutMark(payload.description)).toBe("Builds it\n\nOwner: marketing");
    expect(markOf(payload.description)).toEqual(job!.mark);
    expect(payload).toMatchObject({
      account_id: 12345,
      project_id: 102,
      environment_id: 999,
      name: "marketing-team-feature-x-jennifer-a",
      deferring_environment_id: 302,
      job_completion_trigger_condition: { condition: { job_id: 3, project_id: 102, statuses: [10] } },
    });
  });

  it("is marked as unfinished, and only a person can start it", () => {
    const [scheduled] = wantedOf(sharedEnvironment({ a: { schedule: { at: ["05:00"] } } }));
    for (const one of [job!, scheduled!]) {
      const payload = payloadOf(one, ids, undefined);
      const held = unfinished(payload, one);
      expect(held.triggers).toMatchObject({ schedule: false, on_merge: false });
      expect(held.job_completion_trigger_condition).toBeNull();
      expect(held.schedule).toEqual(payload.schedule);
      expect(markOf(held.description)).toEqual({ ...one.mark, pending: true });
      expect(withoutMark(held.description)).toBe(withoutMark(payload.description));
    }
  });

  it("refers to itself as soon as it has an id", () => {
    const [own] = wantedOf(sharedEnvironment({ a: { defer_to: "self" } }));
    expect(payloadOf(own!, ids, undefined).deferring_job_definition_id).toBeNull();
    expect(payloadOf(own!, ids, 7).deferring_job_definition_id).toBe(7);
  });
});

describe("a job", () => {
  it.each([
    [{}, false],
    [{ schedule: { at: ["05:00"] } }, true],
    [{ schedule: { at: ["05:00"] }, paused: true }, false],
    [{ run_after: { job: "b" } }, true],
    [{ triggers: { on_merge: true } }, true],
  ])("with %j starts by itself: %p", (job, does) => {
    expect(startsByItself(wantedOf(sharedEnvironment({ a: job }))[0]!)).toBe(does);
  });
});
