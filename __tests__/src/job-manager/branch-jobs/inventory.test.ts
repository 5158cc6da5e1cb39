import { takeInventory } from "../../../../src/job-manager/branch-jobs/inventory";
import type { JobRecord } from "../../../../src/dbt-cloud/jobs";
import { branch, mark, record } from "../../../support/branch-records";

const KEYS = ["attribution", "ltv"];
const idsOf = (jobs: readonly { record: JobRecord }[]): number[] => jobs.map((job) => job.record.id);

const name = branch().nameOf("attribution");

describe("an inventory", () => {
  it("finds the branch's own jobs by their marks", () => {
    const own = record({ id: 1, mark: mark() });
    const other = record({ id: 2, mark: mark({ key: "ltv" }) });
    const { jobs, own: owned, copies, byKey } = takeInventory(branch(), KEYS, [own, other, record({ id: 3 })]);
    expect([idsOf(jobs), idsOf(owned), idsOf(copies)]).toEqual([[1, 2, 3], [1, 2], []]);
    expect([...byKey].map(([key, job]) => [key, job.record.id])).toEqual([
      ["attribution", 1],
      ["ltv", 2],
    ]);
  });

  it.each([
    ["another team", mark({ team: "growth-team" })],
    ["another project", mark({ project: 103 })],
    ["another environment", mark({ environment: 202 })],
    ["a branch of the same slug", mark({ ref: "feature-x" })],
    ["a branch whose name it begins", mark({ ref: "feature/x-y" })],
    ["another user", mark({ user: "jennifer2" })],
  ])("does not take a job of %s, although it has a name of the branch", (_, theirs) => {
    const { own, byKey } = takeInventory(branch(), KEYS, [record({ mark: theirs, name })], true);
    expect([own, byKey.size]).toEqual([[], 0]);
  });

  it("adopts a job without a mark only by its exact name, and only on request", () => {
    const records = [
      record({ id: 1, name }),
      record({ id: 2, name: `${name}-2` }),
      record({ id: 3, name: name.toUpperCase() }),
    ];
    expect(takeInventory(branch(), KEYS, records).byKey.size).toBe(0);
    const { own, byKey } = takeInventory(branch(), KEYS, records, true);
    expect(own).toEqual([]);
    expect([...byKey].map(([key, job]) => [key, job.record.id])).toEqual([["attribution", 1]]);
  });

  it.each([
    ["a later version", 'dbt-job-manager/v2 {"owner":"somebody"}'],
    ["a damaged mark", 'dbt-job-manager/v1 {"team":'],
  ])("does not adopt a job that has %s", (_, line) => {
    const { byKey } = takeInventory(branch(), KEYS, [record({ name, description: `Text\n\n${line}` })], true);
    expect(byKey.size).toBe(0);
  });

  it("adopts no job for a key that already has one", () => {
    const { byKey } = takeInventory(branch(), KEYS, [record({ id: 1, name }), record({ id: 2, mark: mark() })], true);
    expect([...byKey.values()].map((job) => job.record.id)).toEqual([2]);
  });

  it("ignores a copy, older or newer", () => {
    const original = record({ id: 5, mark: mark() });
    for (const id of [4, 6]) {
      const copy = record({ id, mark: mark(), name: "Copy of it" });
      const { own, copies, byKey } = takeInventory(branch(), KEYS, [copy, original]);
      expect([idsOf(own), idsOf(copies), byKey.get("attribution")?.record.id]).toEqual([[5], [id], 5]);
    }
  });

  it("does not own a job with another name that is the only one with its mark", () => {
    const renamed = record({ id: 1, mark: mark(), name: "renamed in dbt Cloud" });
    const { own, copies, byKey } = takeInventory(branch(), KEYS, [renamed]);
    expect([idsOf(own), idsOf(copies), byKey.size]).toEqual([[], [1], 0]);
  });

  it("adopts the only job with a mark on request, and does not trust the mark", () => {
    const renamed = record({ id: 1, mark: mark(), name: "renamed in dbt Cloud" });
    const adopted = takeInventory(branch(), KEYS, [renamed], true);
    expect([adopted.byKey.get("attribution"), adopted.copies]).toEqual([{ record: renamed }, []]);
    const removed = takeInventory(branch(), ["ltv"], [renamed], true);
    expect([removed.byKey.size, idsOf(removed.own), idsOf(removed.copies)]).toEqual([0, [], [1]]);
    const twin = record({ id: 2, mark: mark(), name: "another copy" });
    expect(takeInventory(branch(), KEYS, [renamed, twin], true).byKey.size).toBe(0);
    const original = record({ id: 3, mark: mark() });
    expect(takeInventory(branch(), KEYS, [renamed, original], true).byKey.get("attribution")?.record.id).toBe(3);
  });

  it("ignores both copies when neither has the name", () => {
    const twins = [1, 2].map((id) => record({ id, mark: mark(), name: `x${id}` }));
    const { own, copies, byKey } = takeInventory(branch(), KEYS, twins);
    expect([idsOf(own), idsOf(copies), byKey.size]).toEqual([[], [1, 2], 0]);
  });

  it("owns both jobs when both have the mark and the name", () => {
    const twins = [1, 2].map((id) => record({ id, mark: mark() }));
    const { own, byKey } = takeInventory(branch(), KEYS, twins);
    expect([idsOf(own), byKey.get("attribution")?.record.id]).toEqual([[1, 2], 1]);
  });
});
