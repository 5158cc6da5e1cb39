import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../packages/local-dbt-cloud/clock";
import { RunQueue, type QueueOptions } from "../../packages/local-dbt-cloud/execution/queue";
import { resolvedVariables } from "../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { runsFolderIn } from "../../packages/local-dbt-cloud/resources/runs/files";
import { localDbtCloud, V2, type LocalDbtCloud } from "./local-dbt-cloud";

/** A call of the fake dbt that waits for the test. */
export interface HeldCall {
  readonly processId: number;
  /** Ends the call successfully. */
  readonly release: () => void;
  /** Resolves when its last process has ended. */
  readonly ended: Promise<void>;
}

/** The arguments and the environment of a call of the fake dbt. */
export interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The text of profiles.yml. */
  readonly profile: string;
}

/**
 * A stand-in for dbt that obeys words in its command: `fail` fails, `nothing` selects nothing, `print:X` prints the variable X,
 * and `hold` waits for the test. `hold` starts a child process, and both ignore SIGTERM.
 */
const SCRIPT = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { connect } = require("node:net");
const { spawn } = require("node:child_process");
const args = process.argv.slice(2);
const profile = readFileSync(process.env.DBT_PROFILES_DIR + "/profiles.yml", "utf8");
appendFileSync(__dirname + "/calls", JSON.stringify({ args, cwd: process.cwd(), env: process.env, profile }) + "\\n");
for (const word of args.filter((word) => word.startsWith("print:"))) console.log(process.env[word.slice(6)]);
const target = process.env.DBT_TARGET_PATH;
mkdirSync(target, { recursive: true });
mkdirSync(process.env.DBT_LOG_PATH, { recursive: true });
writeFileSync(process.env.DBT_LOG_PATH + "/dbt.log", "debug of " + args.join(" "));
const results = args.includes("nothing") ? [] : [{ unique_id: "model.a" }];
writeFileSync(target + "/manifest.json", JSON.stringify({ made_by: args }));
writeFileSync(target + (args[0] === "source" ? "/sources.json" : "/run_results.json"), JSON.stringify({ results }));
mkdirSync(target + "/compiled/p", { recursive: true });
writeFileSync(target + "/compiled/p/a.sql", "select '" + (process.env.DBT_ENV_SECRET_KEY ?? "") + "'");
console.log("ran " + args.join(" "));
if (args.includes("hold")) {
  process.on("SIGTERM", () => {});
  const socket = connect(__dirname + "/socket", () => socket.write(String(process.pid)));
  socket.on("data", () => process.exit(0));
  const child =
    "process.on('SIGTERM', () => {});" +
    "const socket = require('node:net').connect(process.argv[1], () => socket.write(String(process.ppid)))";
  spawn(process.execPath, ["-e", child, __dirname + "/socket"], { stdio: "inherit" });
} else {
  const isStale = args[0] === "source" && existsSync(__dirname + "/stale");
  process.exitCode = args.includes("fail") || isStale ? 1 : 0;
}
`;

/** A dbt project with the fake dbt in its .venv. */
export class FakeProject {
  readonly folder = mkdtempSync(join(tmpdir(), "project-"));
  private readonly bin = join(this.folder, ".venv", "bin");
  private readonly server: Server;
  private readonly held: HeldCall[] = [];
  private readonly waiting: ((call: HeldCall) => void)[] = [];
  private readonly sockets = new Map<number, readonly Socket[]>();

  constructor() {
    mkdirSync(this.bin, { recursive: true });
    writeFileSync(join(this.folder, "dbt_project.yml"), "name: fake\nprofile: fake_profile\n");
    writeFileSync(join(this.bin, "dbt"), SCRIPT);
    chmodSync(join(this.bin, "dbt"), 0o755);
    this.server = createServer((socket) => {
      this.take(socket);
    }).listen(join(this.bin, "socket"));
  }

  /** The next call that waits for the test. */
  nextHeld(): Promise<HeldCall> {
    const held = this.held.shift();
    return held ? Promise.resolve(held) : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Commits to a branch and checks it out. Makes the folder a git repository first, if it is not one. */
  commitOn(branch: string): void {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    const git = (...args: string[]): void => {
      execFileSync("git", ["-C", this.folder, ...identity, ...args]);
    };
    git("init", "--quiet");
    git("checkout", "--quiet", "-B", branch);
    git("add", "dbt_project.yml");
    git("commit", "--quiet", "--allow-empty", "-m", branch);
  }

  /** Makes every source check fail from now on. */
  makeStale(): void {
    writeFileSync(join(this.bin, "stale"), "");
  }

  calls(): Call[] {
    const lines = readFileSync(join(this.bin, "calls"), "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Call);
  }

  close(): void {
    for (const socket of [...this.sockets.values()].flat()) socket.destroy();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  /** A call waits when both of its processes have connected. */
  private take(socket: Socket): void {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      const processId = Number(String(data));
      const sockets = [...(this.sockets.get(processId) ?? []), socket];
      this.sockets.set(processId, sockets);
      if (sockets.length === 2) this.hold(processId, sockets);
    });
  }

  private hold(processId: number, sockets: readonly Socket[]): void {
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    const call = {
      processId,
      release: () => {
        for (const socket of sockets) socket.write("go");
      },
      ended: Promise.all(closed).then(() => undefined),
    };
    const waiting = this.waiting.shift();
    if (waiting) waiting(call);
    else this.held.push(call);
  }
}

/** A step in an answer of the API, with the parts that tests read. */
export interface StepAnswer {
  readonly index: number;
  readonly name: string;
  readonly status_humanized: string;
  readonly logs: string;
  readonly debug_logs: string | null;
  readonly selected_nothing: boolean;
}

/** A run in an answer of the API, with the parts that tests read. */
export interface RunAnswer {
  readonly id: number;
  readonly job_id: number;
  readonly status: number;
  readonly status_message: string | null;
  readonly retry_not_supported_reason: string | null;
  readonly trigger: { readonly cause_category: string };
  readonly run_steps: readonly StepAnswer[];
}

/** A local dbt Cloud that executes runs. */
export interface LocalRuns extends LocalDbtCloud {
  readonly queue: RunQueue;
  /** The folder of runs and warehouses. */
  readonly folder: string;
  /** Creates a job and returns its id. */
  readonly addJob: (steps: readonly string[], more?: object) => Promise<number>;
  /** Starts a job and returns the id of the run. */
  readonly trigger: (jobId: number, more?: object) => Promise<number>;
  /** A run with its steps. */
  readonly run: (id: number) => Promise<RunAnswer>;
  /** The runs that a query finds. */
  readonly list: (query: string) => Promise<readonly RunAnswer[]>;
  /** The run that a request without a body answers with. */
  readonly post: (path: string) => Promise<RunAnswer>;
}

/** Makes a local dbt Cloud that executes runs on a project. */
export function localRuns(
  repo: string,
  more: Partial<QueueOptions> = {},
  time: Date | Clock = new Date("2026-01-05T04:30:00Z"),
): LocalRuns {
  const folder = mkdtempSync(join(tmpdir(), "runs-"));
  const machine = { PATH: process.env["PATH"], HOME: folder, SECRET_OF_MACHINE: "x" };
  const cloud = localDbtCloud(time, runsFolderIn(folder));
  const variablesOf: QueueOptions["variablesOf"] = (job) => resolvedVariables(cloud.world, job);
  const queue = new RunQueue(cloud.world, { folder, repo, machine, variablesOf, patience: 100, ...more });
  return {
    ...cloud,
    queue,
    folder,
    addJob: async (execute_steps, job = {}) => {
      const body = { name: "job", project_id: 102, environment_id: 999, execute_steps, ...job };
      return ((await cloud.send("POST", `${V2}/jobs/`, body)).body.data as { id: number }).id;
    },
    trigger: async (jobId, body = {}) =>
      ((await cloud.send("POST", `${V2}/jobs/${jobId}/run/`, { cause: "test", ...body })).body.data as { id: number })
        .id,
    run: async (id) => {
      const { body } = await cloud.send("GET", `${V2}/runs/${id}/?include_related=run_steps,trigger`);
      return body.data as RunAnswer;
    },
    list: async (query) => (await cloud.send("GET", `${V2}/runs/?${query}`)).body.data as RunAnswer[],
    post: async (path) => (await cloud.send("POST", `${V2}/${path}`)).body.data as RunAnswer,
    close: async () => {
      await queue.close();
      await cloud.close();
      rmSync(folder, { recursive: true });
    },
  };
}
