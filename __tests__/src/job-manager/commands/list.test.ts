import { list, type ListOptions } from "../../../../src/job-manager/commands/list";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { mark, record } from "../../../support/branch-records";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { bench, devFile, personEnv } from "../../../support/work-on-branch";
import type { Mark } from "../../../../src/job-manager/branch-jobs/mark";

const NOW = new Date("2026-01-05T04:30:00Z");

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud(undefined, NOW);
});
afterEach(() => cloud.close());

async function run(options: Partial<ListOptions> = {}): Promise<CommandResult> {
  const result = await list(
    { config: devFile(), details: false, allBranches: false, ...options },
    bench(personEnv(cloud)),
  );
  return { ...result, text: result.text.replaceAll(cloud.url, "") };
}

/** A job with a mark, as a deploy leaves it. */
function add(more: Partial<Mark> = {}, row: object = {}): number {
  const { name, description } = record({ mark: mark(more) });
  return addJob(cloud.world, { name, description, ...row }).id;
}

describe("the list of a branch's jobs", () => {
  it("has a message when there is no job", async () => {
    add({ user: "sam" });
    addJob(cloud.world, { name: "marketing-team-feature-x-jennifer-attribution" });
    const { exitCode, text, json } = await run();
    expect([exitCode, text, json]).toEqual([
      0,
      "marketing-team, branch feature/x of jennifer: 0 jobs in environment 999",
      [],
    ]);
  });

  it("shows what starts each job", async () => {
    const condition = { condition: { job_id: 1, project_id: 102, statuses: [10] } };
    add({ key: "a" }, { triggers: { schedule: true } });
    add({ key: "b" }, { job_completion_trigger_condition: condition });
    add({ key: "c" });
    add({ key: "d", pending: true }, { triggers: { schedule: true } });
    expect((await run()).text).toBe(
      [
        "marketing-team, branch feature/x of jennifer: 4 jobs in environment 999",
        "KEY  NAME                                 STATE",
        "a    marketing-team-feature-x-jennifer-a  scheduled",
        "b    marketing-team-feature-x-jennifer-b  after another job",
        "c    marketing-team-feature-x-jennifer-c  on demand",
        "d    marketing-team-feature-x-jennifer-d  unfinished: deploy again",
      ].join("\n"),
    );
  });

  it("has ids, times, last runs and links with --details", async () => {
    const id = add(
      { key: "a" },
      { triggers: { schedule: true }, schedule: { date: { type: "custom_cron", cron: "0 5 * * *" } } },
    );
    const never = add({ key: "b" });
    addRunOf(cloud.world, id, { at: new Date("2026-01-04T05:00:00Z") });
    expect((await run({ details: true })).text.split("\n").slice(1)).toEqual([
      "KEY  NAME                                 STATE      ID  CRON (UTC)  NEXT RUN (UTC)    LAST RUN (UTC)            CHANGED (UTC)     LINK",
      `a    marketing-team-feature-x-jennifer-a  scheduled  ${id}   0 5 * * *   2026-01-05 05:00  Success 2026-01-04 05:00  2026-01-05 04:30  /deploy/12345/projects/102/jobs/${id}`,
      `b    marketing-team-feature-x-jennifer-b  on demand  ${never}   –           –                 never                     2026-01-05 04:30  /deploy/12345/projects/102/jobs/${never}`,
    ]);
  });

  it("has the whole team's jobs with --all-branches", async () => {
    add();
    add({ ref: "feature/x-y", user: "sam" });
    add({ team: "growth-team" });
    add({ environment: 302 });
    expect((await run({ allBranches: true })).text).toBe(
      [
        "marketing-team, all branches: 2 jobs in environment 999",
        "KEY          BRANCH       USER      NAME                                           STATE",
        "attribution  feature/x    jennifer  marketing-team-feature-x-jennifer-attribution  on demand",
        "attribution  feature/x-y  sam       marketing-team-feature-x-y-sam-attribution     on demand",
      ].join("\n"),
    );
  });

  it("ignores a copy that somebody made in dbt Cloud, like a deploy", async () => {
    add({ key: "a" });
    add({ key: "a" }, { name: "Copy of a" });
    add({ key: "b" }, { name: "the only job with this mark" });
    for (const allBranches of [false, true]) expect((await run({ allBranches })).json).toMatchObject([{ key: "a" }]);
  });

  it("is the same as JSON", async () => {
    const id = add({ pending: true });
    const ran = addRunOf(cloud.world, id, { status: 20 });
    const { json } = await run({ details: true });
    expect(json).toEqual([
      {
        key: "attribution",
        id,
        name: "marketing-team-feature-x-jennifer-attribution",
        ref: "feature/x",
        user: "jennifer",
        schema: "marketing_feature_x_jennifer",
        pending: true,
        cron: null,
        next_run: null,
        updated_at: "2026-01-05 04:30:00.000000+00:00",
        last_run: { id: ran.id, status: "Error", finished_at: "2026-01-05 04:30:00.000000+00:00" },
        url: `${cloud.url}/deploy/12345/projects/102/jobs/${id}`,
      },
    ]);
  });

  it("takes one request for each hundred jobs of the environment", async () => {
    for (let i = 0; i < 201; i++) add({ key: `job-${i}` });
    const { text } = await run();
    expect(text.split("\n")).toHaveLength(203);
    expect(cloud.requests).toHaveLength(3);
  });
});
