import { soak } from "./soak";

it("a round of the soak finds nothing lost, doubled or touched", async () => {
  const { rounds, clients, wrongs } = await soak(3, (done) => done < 1);
  expect([rounds, wrongs]).toEqual([1, []]);
  expect(Object.keys(clients).some((name) => name.startsWith("deploy "))).toBe(true);
});
