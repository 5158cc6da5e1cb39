import { groupedBy } from "../../../src/jobs/grouped";

it("items keep their order, and keys the order of their first items", () => {
  const groups = groupedBy(["pear", "fig", "plum", "kiwi", "yam"], (word) => word.length);
  expect([...groups]).toEqual([
    [4, ["pear", "plum", "kiwi"]],
    [3, ["fig", "yam"]],
  ]);
});
