import { isMostOf } from "../../../../src/job-manager/branch-jobs/deletions";

it.each([
  [0, 0, false],
  [0, 5, false],
  [1, 1, true],
  [1, 2, false],
  [2, 3, true],
  [2, 4, false],
  [3, 5, true],
])("%d of %d is most: %p", (deleted, owned, is) => {
  expect(isMostOf(deleted, owned)).toBe(is);
});
