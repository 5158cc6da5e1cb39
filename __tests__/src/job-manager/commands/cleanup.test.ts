import { cleanup, type CleanupOptions } from "../../../../src/job-manager/commands/cleanup";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import type { Mark } from "../../../../src/job-manager/branch-jobs/mark";
import { EXIT } from "../../../../src/job-manager/exit-codes";
import { endRun } from "../../../../packages/local-dbt-cloud/resources/runs/ending";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { branch, mark, record } from "../../../support/branch-records";
import { refusalOf } from "../../../support/command-refusal";
import { clonedRepository } from "../../../support/git-repository";
import {
  addJob,
  addVariable,
  bytesOf,
  liveJobs,
  openCloud,
  type ListeningCloud,
} from "../../../support/listening-cloud";
import { addRunOf, endQueuedRuns } from "../../../support/run-rows";
import { bench, devFile, personEnv, type Bench } from "../../../support/work-on-branch";

const DAY = 24 * 60 * 60 * 1000;

let cloud: ListeningCloud;
let ends: (10 | 20 | 30)[];
let dependencies: Bench;
beforeEach(async () => {
  ends = [10];
  cloud = await openCloud((world) => {
    endQueuedRuns(world, ends);
  });
});
afterEach(() => cloud.close());

const ago = (days: number): Date => new Date(Date.now() - days * DAY - 60_000);

/** Adds a job that was deployed this number of days ago. */
function add(days: number, more: Partial<Mark> = {}, row: object = {}): number {
  const own = mark({ ...more, schema: branch({ ref: more.ref ?? "feature/x", user: more.user ?? "jennifer" }).schema });
  const { name, description } = record({ mark: own });
  const { id } = addJob(cloud.world, { name, description, updated_at: timestamp(ago(days)), ...row });
  addVariable(cloud.world, "DBT_SCHEMA", own.schema, id);
  return id;
}

async function run(
  options: Partial<CleanupOptions> = {},
  env: Record<string, string> = {},
  more: Partial<Bench> = {},
): Promise<CommandResult> {
  const all = {
    config: devFile(),
    merged: false,
    allUsers: false,
    dryRun: false,
    yes: false,
    cancel: false,
    ...options,
  };
  dependencies = bench({ ...personEnv(cloud), ...env }, more);
  return cleanup(all, dependencies);
}

const live = (): number[] => liveJobs(cloud.world).map(({ id }) => id);
const listed = ({ json }: CommandResult): number[] => (json as { jobs: { id: number }[] }).jobs.map(({ id }) => id);
const commands = (): (readonly string[] | null)[] =>
  runsOf(cloud.world)
    .all()
    .map(({ trigger }) => trigger.steps_override);

describe("a clean-up", () => {
  it("needs at least one criterion", async () => {
    for (const options of [{}, { allUsers: true }, { yes: true }]) {
      const { exitCode, message } = await refusalOf(run(options));
      expect([exitCode, message]).toEqual([
        EXIT.usage,
        "cleanup needs at least one of --older-than DAYS, --merged and --branch REF",
      ]);
    }
    expect((await refusalOf(run({ branch: "" }))).message).toBe("--branch is empty; give the full name of a branch");
    expect(cloud.requests).toEqual([]);
  });

  it("finds a daily job of eight days ago in spite of scheduled runs, but no job that a person ran yesterday", async () => {
    const daily = add(8, { key: "daily" }, { triggers: { schedule: true } });
    const wanted = add(8, { key: "wanted" });
    for (let day = 0; day < 8; day++) addRunOf(cloud.world, daily, { at: ago(day), by: "scheduled" });
    addRunOf(cloud.world, wanted, { at: ago(1), by: "api" });
    const result = await run({ olderThan: 7, dryRun: true });
    expect(listed(result)).toEqual([daily]);
    expect(result.text).toBe(
      [
        "KEY    BRANCH     USER      IDLE    JOB",
        `daily  feature/x  jennifer  8 days  ${daily}    delete`,
        "Nothing was deleted: this is a dry run.",
      ].join("\n"),
    );
    expect(live()).toEqual([daily, wanted]);
  });

  it("reports that no job meets the criteria", async () => {
    add(3);
    expect(await run({ olderThan: 7 })).toEqual({
      exitCode: 0,
      text: "No job meets these criteria.\nNothing to delete.",
      json: { jobs: [], deleted: [] },
    });
  });

  it("lists the jobs to delete first, then reports the results", async () => {
    const [old, young] = [add(8, { key: "old" }), add(1, { key: "young" })];
    const { exitCode, text, json } = await run({ olderThan: 7 });
    expect(dependencies.said).toEqual([
      ["KEY  BRANCH     USER      IDLE    JOB", `old  feature/x  jennifer  8 days  ${old}    delete`].join("\n"),
      `deleted old of feature/x (job ${old}) (1 of 1)`,
    ]);
    expect([exitCode, text]).toEqual([
      0,
      `deleted old of feature/x (job ${old})\n1 deleted, 0 failed, 0 kept because a run is in progress.`,
    ]);
    expect(json).toMatchObject({ deleted: [{ id: old, key: "old", dropped_schema: null, error: null }] });
    expect(live()).toEqual([young]);
    expect(commands()).toEqual([]);
  });

  it("drops the schema with the last job that builds into it", async () => {
    add(8, { key: "a" });
    add(9, { key: "b" });
    const { text } = await run({ olderThan: 7, yes: true });
    expect(text).toContain("and schema marketing_feature_x_jennifer");
    expect(text).toContain("2 deleted, 0 failed, 0 kept because a run is in progress.");
    expect([commands(), live()]).toEqual([
      [["dbt run-operation drop_branch_schema --args '{schema: marketing_feature_x_jennifer}'"]],
      [],
    ]);
  });

  it("keeps the last job when the schema cannot be dropped, and tries again the next time", async () => {
    ends = [20, 10];
    const id = add(8);
    const first = await run({ olderThan: 7, yes: true });
    expect(first.exitCode).toBe(1);
    expect(first.text).toMatch(
      /^failed to delete attribution of feature\/x \(job \d+\): schema marketing_feature_x_jennifer could not be dropped: run \d+ ended in Error at no step {2}http:\S+\/runs\/\d+\n0 deleted, 1 failed/,
    );
    expect(live()).toEqual([id]);
    const second = await run({ olderThan: 7, yes: true });
    expect([second.exitCode, live()]).toEqual([0, []]);
  });

  it("keeps the schema while a job of any owner builds into it", async () => {
    const staying = [add(8, { key: "a" }), add(1, { key: "b" })];
    const other = add(1, { key: "c", ref: "feature", user: "x-jennifer" });
    await run({ olderThan: 7 });
    expect([commands(), live()]).toEqual([[], [staying[1], other]]);
    await run({ branch: "feature/x", yes: true });
    expect([commands(), live()]).toEqual([[], [other]]);
  });

  it("keeps jobs with a run in progress", async () => {
    const [running, idle] = [add(8, { key: "a" }), add(8, { key: "b" })];
    ends = [];
    await cloud.close();
    cloud = await openCloud();
    const ids = [add(8, { key: "a" }), add(8, { key: "b" })];
    expect(ids).toEqual([running, idle]);
    const { id: runId } = addRunOf(cloud.world, running, { at: ago(0), status: 3 });
    const { exitCode, text, json } = await run({ olderThan: 7 });
    expect(dependencies.said[0]).toContain("keep: a run is in progress");
    expect([exitCode, text.split("\n").at(-2)]).toEqual([
      EXIT.failed,
      `kept a of feature/x (job ${running}): run ${runId} in progress; try again when it has ended, or add --cancel`,
    ]);
    expect(text).toContain("1 deleted, 0 failed, 1 kept because a run is in progress.");
    expect(json).toMatchObject({
      jobs: [
        { id: running, running: true },
        { id: idle, running: false },
      ],
    });
    expect(live()).toEqual([running]);
    const again = await run({ olderThan: 7 });
    expect([again.exitCode, again.text.split("\n").at(-1)]).toEqual([EXIT.failed, text.split("\n").at(-2)]);
    expect((await run({ olderThan: 7, dryRun: true })).exitCode).toBe(EXIT.ok);
  });

  it("cancels runs in progress with --cancel, waits for their end, and deletes the jobs", async () => {
    const [running, idle] = [add(8, { key: "a" }), add(8, { key: "b" })];
    const going = addRunOf(cloud.world, running, { at: ago(0), status: 3 });
    cloud.world.signals.on("cancelled", () => {
      setTimeout(() => endRun(cloud.world, going, { status: 30, status_message: null }), 20);
    });
    const dry = await run({ olderThan: 7, dryRun: true, cancel: true });
    expect(dry.text).toContain("cancel its run, then delete");
    const { exitCode, text } = await run({ olderThan: 7, yes: true, cancel: true });
    expect(dependencies.said[1]).toBe(`cancelling run ${going.id} of a of feature/x (job ${running})`);
    expect([exitCode, text.split("\n").at(-1)]).toEqual([
      EXIT.ok,
      "2 deleted, 0 failed, 0 kept because a run is in progress.",
    ]);
    expect([live(), runsOf(cloud.world).get(going.id)?.status]).toEqual([[], 30]);
    expect([running, idle]).toHaveLength(2);
  });

  it("keeps a job whose run cannot be cancelled, and its schema", async () => {
    const [running, idle] = [add(8, { key: "a" }), add(8, { key: "b" })];
    const going = addRunOf(cloud.world, running, { at: ago(0), status: 3 });
    await cloud.order({ kind: "status", code: 403, method: "POST", path: "/cancel/" });
    const { exitCode, text } = await run({ olderThan: 7, yes: true, cancel: true });
    expect(exitCode).toBe(EXIT.failed);
    const line = text.split("\n").find((one) => one.startsWith(`failed to delete a of feature/x (job ${running}): `));
    expect(line).toContain("dbt Cloud does not allow the request with this token (403)");
    expect(line).toContain(`request: POST v2/runs/${going.id}/cancel/`);
    expect([live(), commands().filter(Boolean)]).toEqual([[running], []]);
    expect(idle).toBeGreaterThan(running);
  });

  it("of the person's own branch asks on a terminal, and deletes nothing without the answer yes", async () => {
    add(8, { key: "a" });
    const questions: string[] = [];
    const answering = (answer: boolean) => ({
      ask: (question: string): Promise<boolean> => {
        questions.push(question);
        return Promise.resolve(answer);
      },
    });
    const own = { branch: "feature/x" };
    expect((await refusalOf(run(own, {}, answering(false)))).message).toBe("Nothing was deleted.");
    expect(live()).toHaveLength(1);
    expect((await refusalOf(run({ ...own, allUsers: true }, {}, answering(true)))).message).toContain("Add --yes");
    expect((await refusalOf(run({ olderThan: 7 }, {}, answering(true)))).message).toContain("Add --yes");
    expect((await run(own, {}, answering(true))).exitCode).toBe(0);
    expect([live(), questions]).toEqual([
      [],
      Array.from({ length: 2 }, () => "Delete 1 job of your branch feature/x?"),
    ]);
  });

  it("names the run that drops the schema", async () => {
    add(8, { key: "a" });
    await run({ olderThan: 7, yes: true });
    expect(dependencies.said).toContainEqual(
      expect.stringMatching(
        /^dropping the schema of a branch in run \d+: dbt run-operation drop_branch_schema --args /,
      ),
    );
  });

  it("of most jobs needs --yes", async () => {
    const ids = [add(8, { key: "a" }), add(9, { key: "b" }), add(1, { key: "c" })];
    const { exitCode, message } = await refusalOf(run({ olderThan: 7 }));
    expect(exitCode).toBe(1);
    expect(message).toContain("b    feature/x  jennifer  9 days");
    expect(message.split("\n").at(-1)).toBe("Add --yes to delete 2 of 3 jobs. Nothing was deleted.");
    expect(live()).toEqual(ids);
    expect((await run({ olderThan: 7, yes: true })).exitCode).toBe(0);
    expect(live()).toEqual([ids[2]]);
  });

  it("of half of the jobs does not need --yes", async () => {
    add(8, { key: "a" });
    add(1, { key: "b" });
    expect((await run({ olderThan: 7 })).exitCode).toBe(0);
  });
});

describe("the jobs that every clean-up keeps", () => {
  it("are jobs without the team's mark in this environment, even with --all-users and --yes", async () => {
    const own = mark();
    const row = (more: object): number => addJob(cloud.world, { updated_at: timestamp(ago(99)), ...more }).id;
    const { name, description } = record({ mark: own });
    const strangers = [
      row({ name }),
      row({ name, description: description.replace("/v1", "/v2") }),
      row({ name, description: `${description}\nSee the wiki` }),
      row({ name: "marketing-team-attribution-production" }),
      row({ name, description: record({ mark: mark({ team: "growth-team" }) }).description }),
      row({ name, description: record({ mark: mark({ environment: 302 }) }).description }),
    ];
    const elsewhere = row({ name, description, environment_id: 302 });
    const before = bytesOf(cloud.world, [...strangers, elsewhere]);
    const mine = add(99);
    await run({ olderThan: 1, allUsers: true, yes: true });
    expect(live()).toEqual([...strangers, elsewhere]);
    expect(live()).not.toContain(mine);
    expect(bytesOf(cloud.world, [...strangers, elsewhere])).toBe(before);
  });

  it("are other people's jobs without --all-users", async () => {
    const [mine, theirs] = [add(9), add(9, { user: "sam" })];
    expect(listed(await run({ olderThan: 7, dryRun: true }))).toEqual([mine]);
    expect(listed(await run({ olderThan: 7, dryRun: true, allUsers: true })).sort()).toEqual([mine, theirs].sort());
  });

  it("are jobs of a branch whose name starts with the given name", async () => {
    const [mine, neighbour] = [add(9), add(9, { ref: "feature/x-y" })];
    const before = bytesOf(cloud.world, [neighbour]);
    await run({ branch: "feature/x" });
    expect([live().includes(mine), bytesOf(cloud.world, [neighbour])]).toEqual([false, before]);
  });

  it("are copies that somebody made in dbt Cloud", async () => {
    const mine = add(9);
    const { description } = liveJobs(cloud.world)[0]!;
    const copy = addJob(cloud.world, { name: "My own", description, updated_at: timestamp(ago(9)) }).id;
    await run({ olderThan: 7, yes: true });
    expect(live()).toEqual([copy]);
    expect(live()).not.toContain(mine);
    const again = await run({ branch: "feature/x", yes: true, allUsers: true });
    expect([again.text, live(), commands()]).toEqual(["No job meets these criteria.\nNothing to delete.", [copy], []]);
  });

  it("keep their schema, and the clean-up says how to drop it later", async () => {
    add(9);
    const { description } = liveJobs(cloud.world)[0]!;
    const copy = addJob(cloud.world, { name: "My own", description }).id;
    const { text } = await run({ branch: "feature/x", yes: true });
    expect([text.split("\n")[1], commands()]).toEqual([
      `kept schema marketing_feature_x_jennifer: a copy may use it, made in dbt Cloud: job ${copy} "My own". ` +
        "To drop it later: dbt run-operation drop_branch_schema --args '{schema: marketing_feature_x_jennifer}'",
      [],
    ]);
  });

  it("are all jobs with DBTCLOUD_READONLY, and the clean-up sends no request", async () => {
    const id = add(99);
    const { exitCode, message } = await refusalOf(run({ olderThan: 7 }, { DBTCLOUD_READONLY: "1" }));
    expect([exitCode, live(), cloud.requests]).toEqual([EXIT.failed, [id], []]);
    expect(message).toBe(
      "Unset DBTCLOUD_READONLY to clean up, or list the jobs with `dbt-job-manager cleanup --dry-run`. DBTCLOUD_READONLY blocks " +
        "every write, so nothing was sent.",
    );
    expect((await run({ olderThan: 7, dryRun: true }, { DBTCLOUD_READONLY: "1" })).exitCode).toBe(EXIT.ok);
  });

  it("are the jobs of Terraform's file", async () => {
    const { exitCode, message } = await refusalOf(
      run({ config: devFile().replace("dev.yaml", "prod.yaml"), olderThan: 1 }),
    );
    expect([exitCode, message]).toEqual([EXIT.usage, expect.stringContaining("cleanup is only for branch jobs")]);
  });

  it.each([
    ["a short page", { kind: "short_page" }],
    ["a page of HTML", { kind: "html", code: 200 }],
  ])("are all jobs when the answer to a list is %s", async (_, fault) => {
    const ids = [add(8), add(1, { key: "b" })];
    addRunOf(cloud.world, ids[0]!, { by: "api" });
    for (const path of ["/jobs/", "/runs/\\?.*created_at", "/runs/\\?.*status__in"]) {
      await cloud.order({ ...fault, method: "GET", path });
      if (fault.kind === "short_page" && path.includes("status__in")) continue;
      await expect(run({ olderThan: 0.1, yes: true })).rejects.toThrow(/^dbt Cloud .*\n {2}request: GET v/s);
    }
    expect(live()).toEqual(ids);
  });
});

describe("--merged", () => {
  it("selects branches that are merged or do not exist on the remote", async () => {
    const { work } = clonedRepository();
    for (const name of ["feature/open", "feature/merged"]) {
      work.git("checkout", "--quiet", "-b", name, "main");
      work.commit(name);
      work.git("push", "--quiet", "origin", name);
    }
    work.git("checkout", "--quiet", "main");
    work.git("merge", "--quiet", "--no-ff", "-m", "Merge", "feature/merged");
    work.git("push", "--quiet", "origin", "main");
    work.git("fetch", "--quiet", "origin");
    const open = add(0, { ref: "feature/open" });
    const merged = add(0, { ref: "feature/merged", user: "sam" });
    const gone = add(0, { ref: "feature/gone", key: "b" });
    const result = await run({ merged: true, allUsers: true, dryRun: true }, {}, { folder: work.folder });
    expect(listed(result)).toEqual([merged, gone]);
    expect(listed(await run({ merged: true, dryRun: true }, {}, { folder: work.folder }))).toEqual([gone]);
    await run({ merged: true, allUsers: true, yes: true }, {}, { folder: work.folder });
    expect(live()).toEqual([open]);
  });

  it("deletes nothing when the remote is not reachable", async () => {
    const id = add(99);
    const { work, remote } = clonedRepository();
    work.git("remote", "set-url", "origin", `${remote.folder}-gone`);
    const { exitCode, message } = await refusalOf(run({ merged: true, yes: true }, {}, { folder: work.folder }));
    expect([exitCode, live()]).toEqual([1, [id]]);
    expect(message).toMatch(
      /^git cannot read the branches of the remote: '\S+-gone' does not appear to be a git repository\. Nothing was deleted\.$/,
    );
  });

  it("deletes nothing when the remote has no branch at all", async () => {
    const id = add(99);
    const { work, remote } = clonedRepository();
    remote.git("update-ref", "-d", "refs/heads/main");
    const { message } = await refusalOf(run({ merged: true, yes: true }, {}, { folder: work.folder }));
    expect(message).toBe(
      "git cannot read the branches of the remote: origin has no branch at all. Nothing was deleted.",
    );
    expect(live()).toEqual([id]);
  });
});
