import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { terraformJobName } from "../../../src/jobs/names";
import { loadEnvironment } from "../../../src/env-files/load";
import { readSettings } from "../../../src/env-files/settings";
import { EXIT } from "../../../src/job-manager/exit-codes";
import { clonedRepository, type GitRepository } from "../../support/git-repository";
import { startJobManager } from "../../support/job-manager-process";
import { addJob, liveJobs, openCloud, type ListeningCloud } from "../../support/listening-cloud";
import type { ProgramRun } from "../../support/run-program";
import { addRunOf, endQueuedRuns } from "../../support/run-rows";
import { personEnv } from "../../support/work-on-branch";

const ROOT = join(__dirname, "../../..");
const ONLINE = [
  "plan",
  "deploy",
  "list",
  "explain",
  "status",
  "logs",
  "cancel",
  "run",
  "cleanup",
  "simulate",
  "drift",
  "alert",
  "usage",
];
/** Their examples need an agent or a person: see agent/mcp.e2e.test.ts. */
const FOR_AGENTS = ["mcp", "approve"];
/** Its examples need the dbt project: see run-history/data-deadlines.e2e.test.ts. */
const NEEDS_DBT = ["sla"];
const COMMANDS = ["validate", "show", "schedule", "compare", ...ONLINE, "completion"];

/** Every example runs against a local dbt Cloud, also the examples for production. None is only parsed. */
let cloud: ListeningCloud;
let endsRuns = true;
let work: GitRepository;
beforeAll(async () => {
  cloud = await openCloud((world) => {
    if (endsRuns) endQueuedRuns(world, [10]);
  });
  ({ work } = clonedRepository());
  for (const name of ["cdktf.json", "environments"]) {
    cpSync(join(ROOT, name), join(work.folder, name), { recursive: true });
  }
  work.git("add", ".");
  work.commit("the project");
  work.git("push", "--quiet", "origin", "main");
  work.git("checkout", "--quiet", "-b", "feature/x");
  work.git("push", "--quiet", "origin", "feature/x");
  addProductionJobs();
  expect((await run(["deploy"])).exitCode).toBe(EXIT.ok);
});
afterAll(() => cloud.close());

function run(args: readonly string[]): Promise<ProgramRun> {
  return startJobManager(args, personEnv(cloud), work.folder).ended;
}

/** The jobs of environments/prod.yaml, as Terraform would create them. */
function addProductionJobs(): void {
  const { environment } = loadEnvironment(join(ROOT, "environments/prod.yaml"), readSettings({}));
  for (const key of Object.keys(environment.jobs)) {
    const name = terraformJobName({ team: environment.team, key, environment: environment.name });
    addJob(cloud.world, { name, environment_id: 302 });
  }
}

async function helpOf(command: string): Promise<string> {
  const { exitCode, stdout } = await run([command, "--help"]);
  expect(exitCode).toBe(EXIT.ok);
  return stdout;
}

/** The newest run of each job has a step, and has ended or waits in the queue. */
function giveRuns(status: 1 | 10): void {
  for (const { id } of liveJobs(cloud.world)) {
    addRunOf(cloud.world, id, { status, steps: [["dbt build", status]], log: "a log" });
  }
}

describe("the examples in the help of", () => {
  it.each(COMMANDS)("%s run without an error", async (command) => {
    const lines = [...(await helpOf(command)).matchAll(/^ {2}\$ dbt-job-manager (.+)$/gm)].map(([, line]) => line!);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      endsRuns = command !== "cancel";
      giveRuns(command === "cancel" ? 1 : 10);
      const { exitCode, stderr } = await run(line.split(" "));
      const allowed = /--exit-code|^drift/.test(line) ? [EXIT.ok, EXIT.onRequest] : [EXIT.ok];
      expect([line, allowed.includes(exitCode as 0), stderr.includes("    at ")]).toEqual([line, true, false]);
    }
  });
});

describe("the help of", () => {
  it.each([...COMMANDS.filter((command) => command !== "completion"), ...NEEDS_DBT, ...FOR_AGENTS])(
    "%s names environment variables, exit codes and its pages",
    async (command) => {
      const help = await helpOf(command);
      expect(help).toMatch(/^Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}64 .*\n {2}78 /m);
      expect(help).toMatch(/^Environment variables .*:\n {2}PROJECT_ID, /m);
      expect(help.includes("DBTCLOUD_TOKEN")).toBe([...ONLINE, ...NEEDS_DBT, ...FOR_AGENTS].includes(command));
      const pages = /^Docs: (.+)$/m.exec(help)![1]!.split(", ");
      expect([pages.length, pages.filter((page) => !existsSync(join(ROOT, page)))]).toEqual([2, []]);
    },
  );

  it("the program names every environment variable that the documentation has", async () => {
    const { stdout } = await run(["--help"]);
    expect(stdout).toMatch(/^Docs: docs\/branch-jobs\.md$/m);
    const table = readFileSync(join(ROOT, "docs/branch-jobs.md"), "utf8")
      .match(/^\| `[A-Z_]{4,}`.*$/gm)!
      .join("\n");
    const names = [...table.matchAll(/`([A-Z_]{4,})`/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !stdout.includes(name))).toEqual([]);
  });
});
