import { counted } from "../../../../src/job-manager/output/counted";

it.each([
  [0, "0 jobs"],
  [1, "1 job"],
  [2, "2 jobs"],
])("%d is counted as %s", (count, text) => {
  expect(counted(count, "job")).toBe(text);
});
