import { inOrder, jobsBefore } from "../../../src/jobs/order";
import { jobDefinition } from "../../support/definitions";

const jobs = {
  report: jobDefinition({ expects: ["model"] }),
  model: jobDefinition({ run_after: { job: "load", on: ["success"] } }),
  load: jobDefinition(),
  check: jobDefinition({ defer_to: { job: "report" } }),
  alone: jobDefinition({ defer_to: "self" }),
};

describe("jobs in order", () => {
  it("come after those that they expect, run after and defer to", () => {
    expect(inOrder(["check", "report", "model", "load", "alone"], jobs)).toEqual([
      "load",
      "model",
      "report",
      "check",
      "alone",
    ]);
  });

  it("keep the given order without references", () => {
    expect(inOrder(["alone", "load"], jobs)).toEqual(["alone", "load"]);
    expect(inOrder(["load", "alone"], jobs)).toEqual(["load", "alone"]);
  });

  it("are ordered by a job between them that is not in the list", () => {
    expect(inOrder(["report", "load"], jobs)).toEqual(["load", "report"]);
  });

  it("have an end if jobs defer in a circle", () => {
    const circle = { a: jobDefinition({ expects: ["b"] }), b: jobDefinition({ defer_to: { job: "a" } }) };
    expect(inOrder(["a", "b"], circle)).toEqual(["b", "a"]);
  });

  it("name the jobs of the same file", () => {
    expect(Object.values(jobs).map(jobsBefore)).toEqual([["model"], ["load"], [], ["report"], []]);
    expect(jobsBefore(undefined)).toEqual([]);
  });
});
