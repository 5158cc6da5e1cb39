import { originalsIn, type MarkedJob } from "../../../../src/job-manager/branch-jobs/originals";
import { branch, mark, record } from "../../../support/branch-records";

const job = (key: string, name = branch().nameOf(key), user = "jennifer"): MarkedJob => ({
  record: record({ name, mark: mark({ key, user }) }),
  mark: mark({ key, user }),
});
const originals = (jobs: readonly MarkedJob[]): string[] =>
  originalsIn(jobs, ({ key }) => branch().nameOf(key)).map(({ record: { name } }) => name);

describe("originals", () => {
  it("are jobs with a unique mark, with any name", () => {
    expect(originals([job("a", "renamed"), job("b", "b"), job("a", "of sam", "sam")])).toEqual([
      "renamed",
      "b",
      "of sam",
    ]);
  });

  it("are the jobs with the right name when several have the same mark, possibly none", () => {
    expect(originals([job("a"), job("a", "Copy of a")])).toEqual([branch().nameOf("a")]);
    expect(originals([job("a", "x"), job("a", "y")])).toEqual([]);
  });
});
