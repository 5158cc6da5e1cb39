import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import fc from "fast-check";
import { Approvals } from "../../../../src/job-manager/agent/approvals";
import { environmentVariablesOf } from "../../../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { envFolder } from "../../../support/env-folder";
import { JOB_MANAGER } from "../../../support/job-manager-process";
import { addJob, liveJobs, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { TOKEN } from "../../../support/local-dbt-cloud";
import { devFile, personEnv } from "../../../support/work-on-branch";

const CALLS = 250;
const READING = ["jobs", "status", "explain", "plan", "simulate", "diff-data"];

/** A real client of the protocol, and the server that it started. */
let cloud: ListeningCloud;
let client: Client;
let project: string;
let env: Record<string, string>;
beforeAll(async () => {
  cloud = await openCloud();
  addJob(cloud.world, { name: "a job of somebody else" });
  const environments = dirname(devFile());
  const text = (name: string): string => readFileSync(join(environments, name), "utf8");
  project = envFolder({
    "cdktf.json": "{}",
    "environments/dev.yaml": text("dev.yaml"),
    "environments/prod.yaml": text("prod.yaml"),
    "secret.yaml": "password: kept",
  });
  env = { PATH: process.env["PATH"]!, ...personEnv(cloud), XDG_STATE_HOME: envFolder({}) };
  client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [JOB_MANAGER, "mcp"], env, cwd: project }),
  );
});
afterAll(async () => {
  await client.close();
  await cloud.close();
});

interface Answer {
  readonly isError: boolean;
  readonly text: string;
}

async function call(name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  const { content, isError = false } = (await client.callTool({ name, arguments: args })) as CallToolResult;
  return { isError, text: content.map((part) => (part.type === "text" ? part.text : "")).join("\n") };
}

async function resultOf(name: string, args: Record<string, unknown> = {}): Promise<unknown> {
  const { isError, text } = await call(name, args);
  expect([isError, text]).toEqual([false, expect.any(String)]);
  return (JSON.parse(text) as { result: unknown }).result;
}

const hashNow = async (): Promise<string> => ((await resultOf("plan")) as { hash: string }).hash;

/** Everything in dbt Cloud that a tool could change, byte by byte, and the writes that arrived. */
function stateOf({ world, requests }: ListeningCloud): string {
  const rows = [jobsOf(world), environmentVariablesOf(world), runsOf(world)].map((kind) => kind.all());
  return JSON.stringify([rows, requests.filter((line) => !line.startsWith("GET "))]);
}

it("lists the tools, of which only apply may write", async () => {
  const { tools } = await client.listTools();
  const writing = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name);
  expect([tools.map(({ name }) => name).sort(), writing]).toEqual([[...READING, "apply"].sort(), ["apply"]]);
});

it("the tools answer as the commands do with --json", async () => {
  expect(await resultOf("jobs", { config: "dev" })).toMatchObject([{ name: "development", jobs: [{}, {}, {}, {}] }]);
  expect(await resultOf("status")).toMatchObject([{ key: "extract", id: null }, {}, {}, {}]);
  expect(await resultOf("explain", { key: "attribution" })).toMatchObject({ starts: ["campaigns"], dbt: null });
  expect(await resultOf("simulate", { config: "dev", days: 2, trials: 2 })).toMatchObject({ trials: 2 });
  expect(await resultOf("plan")).toMatchObject({ totals: { create: 4 }, applied: [] });
  expect((await call("diff-data")).text).toContain("git does not know origin/main");
  expect((await call("status", { keys: ["atribution"] })).text).toContain("did you mean attribution?");
});

/** What a mistaken or malicious agent could send. */
const junk = fc.oneof(
  fc.string(),
  fc.constantFrom("../secret", "/etc/passwd", "-h", "--yes", "0".repeat(64), "__proto__", "prod", "dev; rm -rf /"),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
);
const argumentNames = [
  "hash",
  "config",
  "only",
  "key",
  "keys",
  "base",
  "select",
  "days",
  "change",
  "yes",
  "accept",
  "run",
];
const anyCall = fc.record({
  name: fc.oneof(fc.constantFrom("apply", ...READING), fc.constantFrom("deploy", "cleanup", "approve", "run", "")),
  args: fc.dictionary(fc.constantFrom(...argumentNames), junk, { maxKeys: 4 }),
  isCurrent: fc.boolean(),
});

it(`${CALLS} random calls write nothing without an approval, and print no secret and no stack`, async () => {
  const current = await hashNow();
  const before = stateOf(cloud);
  const calls = fc.sample(anyCall, { numRuns: CALLS, seed: 17 });
  const answers = await Promise.all(
    calls.map(async ({ name, args, isCurrent }) => {
      const given = name === "simulate" ? { trials: 1, ...args } : args;
      const { text } = await call(name, isCurrent && name === "apply" ? { hash: current } : given);
      return text;
    }),
  );
  expect(stateOf(cloud)).toBe(before);
  expect(answers.filter((text) => text === "" || /\n\s+at |TypeError|a fault of/.test(text))).toEqual([]);
  expect(answers.filter((text) => text.includes(TOKEN) || text.includes("kept"))).toEqual([]);
  expect(answers.filter((text) => text.includes("nobody has approved the plan")).length).toBeGreaterThan(5);
});

/** A terminal in which a person answers. `pty.spawn` connects the program to it. */
function approveInTerminal(hash: string, answer: string): Promise<{ exitCode: number | null; shown: string }> {
  const terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
  const args = ["-c", terminal, process.execPath, JOB_MANAGER, "approve", hash];
  const child = spawn("python3", args, { cwd: project, env });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString();
    if (shown.includes("[y/N]")) child.stdin.end(`${answer}\n`);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, shown });
    });
  });
}

describe("a plan that a person approved in a terminal", () => {
  it("is applied once, and not before", async () => {
    const hash = await hashNow();
    const before = stateOf(cloud);
    expect(await approveInTerminal(hash, "n")).toMatchObject({ exitCode: 1 });
    expect((await call("apply", { hash })).text).toContain("nobody has approved the plan");
    const { exitCode, shown } = await approveInTerminal(hash, "y");
    expect([exitCode, shown]).toEqual([0, expect.stringContaining(`Approved once, for 60 minutes: ${hash}`)]);
    expect((await call("apply", { hash, only: ["extract"] })).text).toContain("the plan now has the hash");
    expect(stateOf(cloud)).toBe(before);

    const results = await Promise.all([call("apply", { hash }), call("apply", { hash })]);
    expect(results.map(({ isError }) => isError).sort()).toEqual([false, true]);
    expect(liveJobs(cloud.world)).toHaveLength(5);
    const after = stateOf(cloud);
    expect((await call("apply", { hash })).text).toContain("the plan now has the hash");
    expect(stateOf(cloud)).toBe(after);
  });

  it("is not applied after somebody changed dbt Cloud", async () => {
    const job = liveJobs(cloud.world).find(({ name }) => name.endsWith("extract"))!;
    jobsOf(cloud.world).put({ ...job, settings: { ...job.settings, threads: 9 } });
    const hash = await hashNow();
    new Approvals(env, TOKEN).add({ hash, by: "jennifer", minutes: 5, now: new Date() });
    jobsOf(cloud.world).put({ ...job, settings: { ...job.settings, threads: 10 } });
    const before = stateOf(cloud);
    expect((await call("apply", { hash })).text).toContain("the plan now has the hash");
    expect(stateOf(cloud)).toBe(before);
  });
});
