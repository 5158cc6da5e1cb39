import { soak } from "./soak";

it("two rounds of the soak find nothing lost, doubled or touched", async () => {
  const { rounds, clients, wrongs } = await soak(3, (done) => done < 2);
  expect([rounds, wrongs]).toEqual([2, []]);
  expect(Object.keys(clients).some((name) => name.startsWith("deploy "))).toBe(true);
});
