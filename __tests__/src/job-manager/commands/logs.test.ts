import { appendFileSync } from "node:fs";
import { logs, type LogsOptions } from "../../../../src/job-manager/commands/logs";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { endRun } from "../../../../packages/local-dbt-cloud/resources/runs/ending";
import { runFolder } from "../../../../packages/local-dbt-cloud/resources/runs/files";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { mark, record } from "../../../support/branch-records";
import { refusalOf } from "../../../support/command-refusal";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf, type RunWish } from "../../../support/run-rows";
import { testClock } from "../../../support/test-clock";
import { bench, devFile, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud();
});
afterEach(() => cloud.close());

let written: readonly string[];
async function show(options: Partial<LogsOptions> = {}, pause?: () => void): Promise<CommandResult> {
  const clock = testClock();
  const dependencies = bench(personEnv(cloud), {
    clock: {
      ...clock,
      pause: (milliseconds) => {
        pause?.();
        return clock.pause(milliseconds);
      },
    },
  });
  written = dependencies.written;
  return logs({ config: devFile(), key: "attribution", follow: false, ...options }, dependencies);
}

function addRun(wish: RunWish): number {
  const { name, description } = record({ mark: mark({ key: "attribution" }) });
  return addRunOf(cloud.world, addJob(cloud.world, { name, description }).id, wish).id;
}

const STEPS = [
  ["Clone git repository", 10],
  ["Invoke dbt with `dbt build`", 20],
] as const;

describe("the log of a job's newest run", () => {
  it("is printed step by step, without dbt's colors", async () => {
    const id = addRun({ status: 20, steps: STEPS, log: "05:00:00  \u001b[31mERROR\u001b[0m\n\n05:00:01  Done.\n" });
    const { exitCode, text, json } = await show();
    expect(written).toEqual([
      "Step 1 of 2: Clone git repository",
      "Step 2 of 2: Invoke dbt with `dbt build`",
      "  05:00:00  ERROR",
      "",
      "  05:00:01  Done.",
    ]);
    expect([exitCode, text]).toEqual([
      0,
      `attribution: run ${id}, Error  ${cloud.url}/deploy/12345/projects/102/runs/${id}`,
    ]);
    expect(json).toMatchObject({
      key: "attribution",
      run_id: id,
      status: "Error",
      steps: [
        { index: 1, log: [] },
        { index: 2, status: "Error", log: ["05:00:00  ERROR", "", "05:00:01  Done."] },
      ],
    });
  });

  it("is complete, although dbt Cloud gives the last 1,000 lines of each step by default", async () => {
    const lines = Array.from({ length: 2500 }, (_, i) => `line ${i}`);
    addRun({ status: 20, steps: STEPS, log: lines.join("\n") });
    await show({ step: 2 });
    expect(written).toEqual(["Step 2 of 2: Invoke dbt with `dbt build`", ...lines.map((line) => `  ${line}`)]);
  });

  it("is printed line by line until the run ends, with --follow", async () => {
    const id = addRun({ status: 3, steps: [STEPS[0], ["dbt build", 3]], log: "first\nsec" });
    const file = runFolder(cloud.world.runsFolder!, id).log(2);
    const seen: number[] = [];
    await show({ follow: true }, () => {
      seen.push(written.length);
      if (seen.length === 1) appendFileSync(file, "ond\nthird\n");
      else endRun(cloud.world, runsOf(cloud.world).get(id)!, { status: 10, status_message: null });
    });
    expect(written).toEqual([
      "Step 1 of 2: Clone git repository",
      "Step 2 of 2: dbt build",
      "  first",
      "  second",
      "  third",
    ]);
    expect(seen).toEqual([3, 4]);
  });
});

describe("the log", () => {
  it("of a step that the run does not have is refused with the steps that it has", async () => {
    const id = addRun({ status: 20, steps: STEPS });
    expect(await refusalOf(show({ step: 3 }))).toMatchObject({
      exitCode: 64,
      message: [
        `choose another --step: run ${id} has no step 3`,
        "steps:",
        "  1  Clone git repository",
        "  2  Invoke dbt with `dbt build`",
      ].join("\n"),
    });
  });

  it("of a job that never ran, is not deployed, or is not in the file is refused", async () => {
    expect((await refusalOf(show())).message).toContain("attribution is not deployed");
    const { name, description } = record({ mark: mark({ key: "attribution" }) });
    addJob(cloud.world, { name, description });
    expect((await refusalOf(show())).message).toBe(
      "start a run with `dbt-job-manager run attribution`: the job attribution never ran, so it has no log",
    );
    expect((await refusalOf(show({ key: "atribution" }))).message).toContain("did you mean attribution?");
  });
});
