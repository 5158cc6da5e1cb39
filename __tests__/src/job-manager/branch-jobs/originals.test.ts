import { branchOf } from "../../../../src/job-manager/branch-jobs/branch";
import { isOriginal, type MarkedJob } from "../../../../src/job-manager/branch-jobs/originals";
import { branch, mark, record, sharedEnvironment, workplace } from "../../../support/branch-records";

function job(ofJob: Parameters<typeof mark>[0], name?: string): MarkedJob {
  return { record: record({ mark: mark(ofJob), ...(name === undefined ? {} : { name }) }), mark: mark(ofJob) };
}

describe("an original", () => {
  it("has the name of its key, on each branch and for each person", () => {
    expect(isOriginal(job({ key: "a" }), branch())).toBe(true);
    expect(isOriginal(job({ key: "a", user: "sam", ref: "feature/y" }), branch())).toBe(true);
  });

  it("is not a marked job with another name, also when no other job has its mark", () => {
    expect(isOriginal(job({ key: "a" }, "Copy of a"), branch())).toBe(false);
    expect(isOriginal(job({ key: "a" }, branch().nameOf("b")), branch())).toBe(false);
    expect(isOriginal(job({ user: "sam" }, branch().nameOf("attribution")), branch())).toBe(false);
  });

  it("has the name that the branch has from CI_COMMIT_REF_SLUG", () => {
    const shortened = branchOf(sharedEnvironment(), workplace({ refSlug: "short" }));
    expect(isOriginal(job({ key: "a" }, shortened.nameOf("a")), shortened)).toBe(true);
  });
});
