import { rules } from "../../../../src/env-files/rules";
import { crossFileRules } from "../../../../src/env-files/rules/cross-file-rules";
import { fileRules } from "../../../../src/env-files/rules/file-rules";
import { jobRules } from "../../../../src/env-files/rules/job-rules";
import { orderRules } from "../../../../src/env-files/rules/order-rules";

describe("the rules", () => {
  it("are those of files, of jobs and of their order", () => {
    expect(rules).toEqual([...fileRules, ...crossFileRules, ...jobRules, ...orderRules]);
    expect(fileRules.length * crossFileRules.length * jobRules.length * orderRules.length).toBeGreaterThan(0);
  });
});
