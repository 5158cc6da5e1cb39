import { originalsIn, type MarkedJob } from "../../../../src/job-manager/branch-jobs/originals";
import { branch, mark, record } from "../../../support/branch-records";

const job = (key: string, name = branch().nameOf(key), user = "jennifer"): MarkedJob => ({
  record: record({ name, mark: mark({ key, user }) }),
  mark: mark({ key, user }),
});
const originals = (jobs: readonly MarkedJob[]): string[] =>
  originalsIn(jobs, ({ key }) => branch().nameOf(key)).map(({ record: { name } }) => name);

describe("originals", () => {
  it("are jobs whose mark no other carries, whatever they are called", () => {
    expect(originals([job("a", "renamed"), job("b", "b"), job("a", "of sam", "sam")])).toEqual([
      "renamed",
      "b",
      "of sam",
    ]);
  });

  it("are those of the right name where several carry one mark, or none of them", () => {
    expect(originals([job("a"), job("a", "Copy of a")])).toEqual([branch().nameOf("a")]);
    expect(originals([job("a", "x"), job("a", "y")])).toEqual([]);
  });
});
