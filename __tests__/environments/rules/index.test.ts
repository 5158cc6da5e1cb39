import { rules } from "../../../environments/rules";
import { crossFileRules } from "../../../environments/rules/cross-file-rules";
import { fileRules } from "../../../environments/rules/file-rules";
import { jobRules } from "../../../environments/rules/job-rules";
import { orderRules } from "../../../environments/rules/order-rules";

describe("the rules", () => {
  it("are those of files, of jobs and of their order", () => {
    expect(rules).toEqual([...fileRules, ...crossFileRules, ...jobRules, ...orderRules]);
    expect(fileRules.length * crossFileRules.length * jobRules.length * orderRules.length).toBeGreaterThan(0);
  });
});
