import { DbtCloudError } from "../../../../src/dbt-cloud/errors";
import { ConfigurationError } from "../../../../src/env-files/problem";
import { cleanup } from "../../../../src/job-manager/commands/cleanup";
import { CommandError, type CommandResult } from "../../../../src/job-manager/commands/command";
import { deploy } from "../../../../src/job-manager/commands/deploy";
import { list } from "../../../../src/job-manager/commands/list";
import { logs } from "../../../../src/job-manager/commands/logs";
import { status } from "../../../../src/job-manager/commands/status";
import { EXIT } from "../../../../src/job-manager/exit-codes";
import { progressOn } from "../../../../src/job-manager/output/progress";
import { cleaner } from "../../../../src/job-manager/output/clean";
import { tellUnpublishedWork } from "../../../../src/job-manager/unpublished-work";
import { printable } from "../../../../src/jobs/printable";
import { mark, record } from "../../../support/branch-records";
import { clonedRepository } from "../../../support/git-repository";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { testClock } from "../../../support/test-clock";
import { bench, devFile, personEnv, type Bench } from "../../../support/work-on-branch";

/** A color of the program, a title, a command to erase the screen in two ways, the other direction, and a second line. */
const EVIL = "\u001b[31mred\u001b]0;title\u0007\u001b[2J\u009b2J\u202eleft\nsecond line\u2028third";

let cloud: ListeningCloud;
let dependencies: Bench;
/** Everything that the commands printed while they worked. */
let said: string;
beforeEach(async () => {
  cloud = await openCloud();
  said = "";
  const stream = { write: (text: string) => void (said += text) };
  const progress = progressOn(stream, testClock(), cleaner({}, true));
  dependencies = bench(personEnv(cloud), { colors: true, progress });
});
afterEach(() => cloud.close());

/** Everything that a terminal with colors gets. */
function shown({ text }: CommandResult): string {
  return [...[text, ...dependencies.written.map(printable)].map(cleaner({}, true)), said].join("\n");
}

function expectNoCommand(text: string): void {
  expect(text).toContain("\\u001b[31mred");
  expect(text).not.toMatch(/\u001b(?!\[(?:1|2|22|39|32|33)m)|[\u0080-\u009f\u202e\u2028\u0007\r]/);
  expect(text).not.toMatch(/^(?:second line|third)/m);
}

function add(more: Parameters<typeof mark>[0] = {}): number {
  const { name, description } = record({ mark: mark({ key: "attribution", ...more }) });
  return addJob(cloud.world, { name, description }).id;
}

describe("the program shows text of others escaped", () => {
  it("by list", async () => {
    add({ ref: EVIL, user: EVIL, key: EVIL });
    expectNoCommand(shown(await list({ config: devFile(), details: true, allBranches: true }, dependencies)));
  });

  it("by plan, in its changes and notes", async () => {
    const { name, description } = record({ mark: mark({ key: "attribution" }) });
    addJob(cloud.world, { name, description, execute_steps: [EVIL] });
    addJob(cloud.world, { name: EVIL, description });
    const options = { config: devFile(), exitCode: false, only: [], adopt: false, full: false, yes: false, run: false };
    const result = await deploy({ ...options, dryRun: true }, dependencies);
    expect(result.text).toContain("Copies of this branch's jobs");
    expectNoCommand(shown(result));
  });

  it("by status and logs", async () => {
    // dbt's colors are removed, so only the name of the step has the color.
    const results = { results: [{ unique_id: EVIL, status: "fail", message: EVIL, compiled_code: EVIL }] };
    const failure = { status: 20, steps: [[EVIL, 20]], results: JSON.stringify(results), log: EVIL } as const;
    addRunOf(cloud.world, add(), failure);
    expectNoCommand(shown(await status({ config: devFile(), keys: [], exitCode: false }, dependencies)));
    expectNoCommand(shown(await logs({ config: devFile(), key: "attribution", follow: false }, dependencies)));
  });

  it("by cleanup, in its lists and its results", async () => {
    const deleted = add({ key: EVIL });
    const kept = add({ key: `${EVIL} kept` });
    addRunOf(cloud.world, kept, { status: 3 });
    const { description } = record({ mark: mark({ key: "attribution" }) });
    addJob(cloud.world, { name: `${EVIL} copied`, description });
    const options = {
      config: devFile(),
      merged: false,
      branch: "feature/x",
      allUsers: false,
      yes: true,
      cancel: false,
    };
    expectNoCommand(shown(await cleanup({ ...options, dryRun: true }, dependencies)));
    const result = await cleanup({ ...options, dryRun: false }, dependencies);
    expect(result.text).toContain(`(job ${deleted})`);
    expect(result.text).toContain("kept ");
    expectNoCommand(shown(result));
    expectNoCommand(shown(await cleanup({ ...options, dryRun: false, cancel: true }, dependencies)));
  });

  it("by the errors of commands, of dbt Cloud, and of the configuration", () => {
    const request = "GET v2/jobs/";
    const errors = [
      new CommandError(EXIT.failed, EVIL),
      new CommandError(EXIT.failed, ["steps:", `  ${EVIL}`], "a table"),
      new DbtCloudError("refused", { problem: "dbt Cloud refused it", fix: EVIL, detail: EVIL, request }),
      new ConfigurationError([{ file: EVIL, path: EVIL, reason: EVIL, got: EVIL, allowed: EVIL, fix: EVIL }]),
    ];
    for (const { message } of errors) expectNoCommand(cleaner({}, true)(message));
    expect(errors.map(({ message }) => message.split("\n").length)).toEqual([1, 4, 3, 6]);
  });

  it("by the note about a branch that the remote lacks", async () => {
    const { work } = clonedRepository();
    const ref = "feature/\u202eleft";
    work.git("checkout", "--quiet", "-b", ref);
    await tellUnpublishedWork(ref, false, { ...dependencies, folder: work.folder });
    expect(said).toMatch(/^dbt Cloud cannot see branch feature\/\\u202eleft, /);
  });
});
