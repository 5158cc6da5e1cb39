import type { Mark } from "../../../../src/job-manager/branch-jobs/mark";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { branch, mark, record } from "../../../support/branch-records";
import { clonedRepository } from "../../../support/git-repository";
import { startJobManager } from "../../../support/job-manager-process";
import { addJob, bytesOf, liveJobs, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addNeighbours } from "../../../support/neighbours";
import type { ProgramRun } from "../../../support/run-program";
import { addRunOf, endQueuedRuns } from "../../../support/run-rows";
import { devFile, personEnv } from "../../../support/work-on-branch";

const DAY = 24 * 60 * 60 * 1000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY - 60_000);

let cloud: ListeningCloud;
let neighbours: number[];
let before: string;
beforeEach(async () => {
  cloud = await openCloud((world) => {
    endQueuedRuns(world, [10]);
  });
  neighbours = addNeighbours(cloud.world);
  before = bytesOf(cloud.world, neighbours);
});
afterEach(async () => {
  await cloud.close();
});

/** Adds a job that was deployed this number of days ago. */
function add(days: number, more: Partial<Mark> = {}, row: object = {}): number {
  const { schema } = branch({ ref: more.ref ?? "feature/x", user: more.user ?? "jennifer" });
  const { name, description } = record({ mark: mark({ schema, ...more }) });
  return addJob(cloud.world, { name, description, updated_at: timestamp(ago(days)), ...row }).id;
}

const cleanup = (args: readonly string[], cwd?: string): Promise<ProgramRun> =>
  startJobManager(["cleanup", "--config", devFile(), ...args], personEnv(cloud), cwd).ended;

const live = (): number[] => liveJobs(cloud.world).flatMap(({ id }) => (neighbours.includes(id) ? [] : [id]));

it("cleanup deletes a daily job that nobody used for eight days, and keeps a job that somebody ran yesterday", async () => {
  const daily = add(8, { key: "daily" }, { triggers: { schedule: true } });
  const wanted = add(8, { key: "wanted" });
  for (let day = 0; day < 8; day++) addRunOf(cloud.world, daily, { at: ago(day), by: "scheduled" });
  addRunOf(cloud.world, wanted, { at: ago(1), by: "api" });
  const listed = await cleanup(["--older-than", "7", "--dry-run", "--json"]);
  expect([listed.exitCode, listed.stderr, (JSON.parse(listed.stdout) as { result: unknown }).result]).toMatchObject([
    0,
    "",
    { jobs: [{ id: daily, key: "daily", idle_days: 8 }], deleted: [] },
  ]);
  expect(live()).toEqual([daily, wanted]);
  const done = await cleanup(["--older-than", "7"]);
  expect([done.exitCode, done.stdout]).toEqual([
    0,
    `deleted daily of feature/x (job ${daily})\n1 deleted, 0 failed, 0 kept because a run is in progress.\n`,
  ]);
  expect(done.stderr).toContain(`daily  feature/x  jennifer  8 days  ${daily}`);
  expect([live(), bytesOf(cloud.world, neighbours)]).toEqual([[wanted], before]);
});

it("cleanup deletes jobs of merged or missing branches, other people's jobs only with --all-users", async () => {
  const { work } = clonedRepository();
  work.git("checkout", "--quiet", "-b", "feature/merged");
  work.commit("work");
  work.git("push", "--quiet", "origin", "feature/merged", "feature/merged:refs/heads/feature/open");
  work.git("checkout", "--quiet", "main");
  work.git("merge", "--quiet", "--no-ff", "-m", "Merge", "feature/merged");
  work.git("checkout", "--quiet", "-B", "feature/open");
  work.commit("more work");
  // The neighbors' branches are not merged either.
  for (const ref of ["feature/x-y", "feature/x/y", "Feature/x-2", "feature/x"]) {
    if (ref !== "feature/x") work.git("push", "--quiet", "origin", `HEAD:refs/heads/${ref.replace("x/y", "x-and-y")}`);
  }
  work.git("push", "--quiet", "--force", "origin", "main", "feature/open");
  work.git("fetch", "--quiet", "origin");
  const merged = add(0, { ref: "feature/merged" });
  const open = add(0, { ref: "feature/open" });
  const theirs = add(0, { ref: "feature/merged", user: "sam" });
  const own = await cleanup(["--merged", "--dry-run", "--json"], work.folder);
  const { jobs } = (JSON.parse(own.stdout) as { result: { jobs: { id: number }[] } }).result;
  expect([own.exitCode, jobs.some(({ id }) => id === merged)]).toEqual([0, true]);
  expect(jobs.some(({ id }) => id === open || id === theirs)).toBe(false);
  const done = await cleanup(["--merged", "--all-users", "--branch", "feature/merged", "--yes"], work.folder);
  expect([done.exitCode, live()]).toEqual([0, [open]]);
  expect(bytesOf(cloud.world, neighbours)).toBe(before);
});

it("cleanup deletes nothing when the remote is not reachable", async () => {
  const id = add(99);
  const { work, remote } = clonedRepository();
  work.git("remote", "set-url", "origin", `${remote.folder}-gone`);
  const { exitCode, stdout, stderr } = await cleanup(["--merged", "--yes"], work.folder);
  expect([exitCode, stdout, live()]).toEqual([1, "", [id]]);
  expect(stderr).toMatch(/^git cannot read the branches of the remote: .+ Nothing was deleted\.\n$/);
});

it("cleanup keeps a job with a run in progress, and its branch's schema, and fails", async () => {
  const [running, idle] = [add(8, { key: "a" }), add(8, { key: "b" }), add(0, { key: "c" }), add(0, { key: "d" })];
  addRunOf(cloud.world, running, { at: ago(0), by: "scheduled", status: 3 });
  const { exitCode, stdout, stderr } = await cleanup(["--older-than", "7"]);
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("keep: a run is in progress");
  expect(stderr).toContain(`deleted b of feature/x (job ${idle})\n`);
  expect(stderr).toMatch(/\n1 deleted, 0 failed, 1 kept because a run is in progress\.\n$/);
  expect(live()).toContain(running);
});
