import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildApp } from "./app";
import { systemClock, timeOfText, VirtualClock } from "./clock";
import { clockSpeed } from "./clock-routes";
import { exportLines, variablesFor } from "./clients/variables";
import { printVariables } from "./env";
import type { ReadyLine } from "./ready-line";
import { register, registryFolder } from "./registry";
import { programFile } from "./execution/dbt-program";
import { RunQueue } from "./execution/queue";
import { Recording } from "./execution/recording";
import { startScheduler } from "./execution/scheduler";
import { PLATFORM_WORLD, seed, SEED_ACCOUNT_ID, startingWorldSchema, type StartingWorld } from "./seed";
import { Store } from "./store/store";
import type { Job } from "./resources/jobs/jobs";
import { projectsOf } from "./resources/projects/projects";
import { runsFolderIn } from "./resources/runs/files";
import { runsOf } from "./resources/runs/runs";
import { resolvedVariables } from "./resources/environment-variables/environment-variables";
import { version } from "./package.json";
import { newIdentity, type Identity } from "./tls/certificate";
import { deliverWebhooks } from "./resources/webhooks/delivery";
import { newSignals, type World } from "./world";

const HELP = `local-dbt-cloud: a dbt Cloud on this machine, which only this machine can reach

Usage: local-dbt-cloud [options]
       local-dbt-cloud env --for <client>   print the variables of a client, such as terraform

  --port <n>       the port to listen on; 0 takes any free port (default: 8580)
  --state <folder> the folder for state, logs and warehouses (default: .local-dbt-cloud)
  --ephemeral      keep nothing: the state is in memory, everything else in a temporary folder
  --seed           add the platform team's world: project 102, environments 999, 202 and 302
  --world <file>   add the projects and environments of this JSON file
  --repo <folder>  the git repository of the dbt project that jobs run (default: the working directory)
  --dbt <program>  the program that runs as dbt: a path, or a name on PATH (default: the dbt in .venv of the repository or
                   of a folder above it, or else on PATH)
  --sources <file> a DuckDB file of source rows, attached read-only
  --scheduler      start jobs by their schedules; without it, only requests start jobs
  --clock <time>   start a virtual clock at this time, such as 2026-01-01T00:00Z; POST /local/clock moves it
  --speed <n>      virtual seconds for each second of this machine; 0 stops the virtual clock (default: 1)
  --replay <file>  take durations and results of dbt steps from this JSON file, and do not run dbt
  --replay-seed <n>
                   selects among several recorded steps that fit (default: 1)
  --tls            answer over https, with a self-signed certificate whose file the program prints
  --faults         accept faults for tests at PUT /local/faults
  --json           for programs: print one line of JSON when the server answers (url, token, account_id,
                   project_ids, state, repo, certificate, pid), and let dbt-job-manager --local not find it
  --version        print the version
  --help           print this

Example:
  $ npx local-dbt-cloud --seed --scheduler
`;

/** The runs that are loaded at once after the start. */
const LOADED_RUNS = 500;
/** How long no request has come when runs are loaded. Clients that ask one request after the other do not wait for a load. */
const IDLE_MILLISECONDS = 50;

const EXIT = { failed: 1, usage: 64 } as const;

interface Options {
  readonly port: number;
  readonly state: string | undefined;
  readonly seed: boolean;
  readonly world: string | undefined;
  readonly repo: string;
  readonly dbt: string | undefined;
  readonly sources: string | undefined;
  readonly scheduler: boolean;
  /** The start of the virtual clock; undefined for the machine's clock. */
  readonly clock: Date | undefined;
  readonly speed: number;
  readonly replay: { readonly file: string; readonly seed: number } | undefined;
  readonly tls: boolean;
  readonly faults: boolean;
  readonly json: boolean;
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = EXIT.failed;
});

async function main(argv: string[]): Promise<void> {
  if (argv[0] === "env") {
    printVariables(argv.slice(1), process.env);
    return;
  }
  const options = readOptions(argv);
  if (typeof options === "number") {
    process.exitCode = options;
    return;
  }
  await serve(options);
}

/** The options, or the exit code when the program has no server to start. */
function readOptions(argv: string[]): Options | number {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        port: { type: "string", default: "8580" },
        state: { type: "string", default: ".local-dbt-cloud" },
        ephemeral: { type: "boolean", default: false },
        seed: { type: "boolean", default: false },
        world: { type: "string" },
        repo: { type: "string", default: "." },
        dbt: { type: "string" },
        sources: { type: "string" },
        scheduler: { type: "boolean", default: false },
        clock: { type: "string" },
        speed: { type: "string" },
        replay: { type: "string" },
        "replay-seed": { type: "string" },
        tls: { type: "boolean", default: false },
        faults: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        version: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    if (values.help || values.version) {
      console.log(values.help ? HELP.trimEnd() : version);
      return 0;
    }
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
      throw new Error(`--port must be a number from 0 to 65535, got ${values.port}`);
    }
    return {
      port: Number(values.port),
      state: values.ephemeral ? undefined : resolve(values.state),
      seed: values.seed,
      world: values.world === undefined ? undefined : resolve(values.world),
      repo: resolve(values.repo),
      dbt: values.dbt === undefined ? undefined : programFile(values.dbt, process.env["PATH"] ?? ""),
      sources: values.sources === undefined ? undefined : resolve(values.sources),
      scheduler: values.scheduler,
      ...readClock(values.clock, values.speed),
      replay: readReplay(values.replay, values["replay-seed"]),
      tls: values.tls,
      faults: values.faults,
      json: values.json,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n(add --help for the options)`);
    return EXIT.usage;
  }
}

/** @throws Error for a time or a speed that is not accepted */
function readClock(clock: string | undefined, speed: string | undefined): Pick<Options, "clock" | "speed"> {
  if (clock === undefined) {
    if (speed !== undefined) throw new Error("--speed needs --clock");
    return { clock, speed: 1 };
  }
  const time = timeOfText(clock);
  if (!time) throw new Error(`--clock must be a time with its offset, such as 2026-01-01T00:00Z, got ${clock}`);
  const read = clockSpeed.safeParse(speed === undefined ? 1 : speed === "" ? NaN : Number(speed));
  if (!read.success) throw new Error(`--speed must be a number from 0 to 1000000000, got ${speed}`);
  return { clock: time, speed: read.data };
}

/** @throws Error for a seed that is not accepted */
function readReplay(file: string | undefined, seed: string | undefined): Options["replay"] {
  if (seed !== undefined && file === undefined) throw new Error("--replay-seed needs --replay");
  if (seed !== undefined && !/^\d{1,15}$/.test(seed)) {
    throw new Error(`--replay-seed must be a whole number, got ${seed}`);
  }
  return file === undefined ? undefined : { file: resolve(file), seed: Number(seed ?? 1) };
}

async function serve(options: Options): Promise<void> {
  const { port, state } = options;
  const startingWorlds = startingWorldsOf(options);
  const cloud = openCloud(options);
  for (const startingWorld of startingWorlds) seed(cloud.world, startingWorld);
  await cloud.queue.start();
  const token = readToken(state);
  const { identity, certificate } = options.tls ? identityIn(cloud.folder) : { certificate: null };
  const app = buildApp({ world: cloud.world, token, faults: options.faults, identity });
  const close = async (): Promise<void> => {
    await app.close();
    await cloud.close();
  };
  try {
    const address = await app.listen({ host: "127.0.0.1", port });
    cloud.listensAt(options.tls ? address.replace("http:", "https:") : address);
  } catch (error) {
    await close();
    throw (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? new PortInUseError(port) : error;
  }
  const readyLine = (): ReadyLine => ({
    url: cloud.world.url(),
    token,
    account_id: cloud.world.accountId,
    project_ids: projectIds(cloud.world),
    state: state ?? null,
    repo: options.repo,
    certificate,
    pid: process.pid,
  });
  const ready = readyLine();
  // A server that another program started is for that program only.
  const unregister = options.json ? undefined : keepRegistered(cloud.world, readyLine);
  const stopScheduler = options.scheduler ? startScheduler(cloud.world) : undefined;
  let lastRequest = -Infinity;
  app.server.on("request", () => {
    lastRequest = performance.now();
  });
  const loading = setInterval(() => {
    if (performance.now() - lastRequest < IDLE_MILLISECONDS) return;
    if (runsOf(cloud.world).load(LOADED_RUNS)) clearInterval(loading);
  });
  const stop = async (): Promise<void> => {
    clearInterval(loading);
    stopScheduler?.();
    unregister?.();
    await close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
  console.log(options.json ? JSON.stringify(ready) : welcome(ready));
}

/**
 * Registers the server, again after each change of a project.
 *
 * @returns a function that removes the registration
 */
function keepRegistered(world: World, readyLine: () => ReadyLine): () => void {
  const folder = registryFolder(process.env);
  projectsOf(world).onStored(() => register(folder, readyLine()));
  return register(folder, readyLine());
}

/** The ids of the projects that exist. */
function projectIds(world: World): number[] {
  const projects = projectsOf(world).all();
  return projects.filter(({ state }) => state === 1).map(({ id }) => id);
}

function startingWorldsOf(options: Options): StartingWorld[] {
  return [
    ...(options.seed ? [PLATFORM_WORLD] : []),
    ...(options.world === undefined ? [] : [readWorld(options.world)]),
  ];
}

/** A new key and certificate. Only the certificate is written to a file. */
function identityIn(folder: string): { readonly identity: Identity; readonly certificate: string } {
  const identity = newIdentity(new Date());
  const certificate = join(folder, "certificate.pem");
  writeFileSync(certificate, identity.certificate);
  return { identity, certificate };
}

/** The parts of a running server. */
interface OpenCloud {
  readonly world: World & Required<Pick<World, "url">>;
  readonly queue: RunQueue;
  /** The folder of everything that is kept, or a temporary one. */
  readonly folder: string;
  listensAt(url: string): void;
  close(): Promise<void>;
}

function openCloud({ state, repo, dbt, sources, clock: start, speed, replay }: Options): OpenCloud {
  const recording = replay && Recording.read(replay.file, replay.seed);
  if (state !== undefined) mkdirSync(state, { recursive: true, mode: 0o700 });
  const store = Store.open(state === undefined ? undefined : join(state, "state.db"));
  const folder = state ?? mkdtempSync(join(tmpdir(), "local-dbt-cloud-"));
  let address = "";
  const world = {
    accountId: SEED_ACCOUNT_ID,
    store,
    clock: start ? new VirtualClock(start, speed) : systemClock,
    signals: newSignals(),
    runsFolder: runsFolderIn(folder),
    url: () => address,
  };
  const variablesOf = (job: Job): Record<string, string> => resolvedVariables(world, job);
  const queue = new RunQueue(world, { folder, repo, dbt, sources, recording, machine: process.env, variablesOf });
  const stopWebhooks = deliverWebhooks(world);
  return {
    world,
    queue,
    folder,
    listensAt: (url) => {
      address = url;
    },
    close: async () => {
      await queue.close();
      await stopWebhooks();
      if (world.clock instanceof VirtualClock) world.clock.stop();
      store.close();
      if (state === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

class PortInUseError extends Error {
  constructor(port: number) {
    super(
      `Port ${port} is in use, perhaps by another local dbt Cloud. Stop the other program, or add --port 0 for a free port.`,
    );
    this.name = "PortInUseError";
  }
}

/** The text for people when the server is ready. */
function welcome(ready: ReadyLine): string {
  const { url, repo, certificate } = ready;
  const trust = certificate === null ? "" : `\nIts certificate is in ${certificate}. Clients must trust it.`;
  return `Local dbt Cloud is running at ${url}${trust}

${exportLines(variablesFor("dbt-job-manager", ready)).replaceAll(/^/gm, "  ")}

For another client: eval "$(npx local-dbt-cloud env --for terraform)"

Jobs run the dbt project in ${repo}. Open ${url} in a browser to watch them.`;
}

/** @throws Error naming the first value of the file that is not accepted */
function readWorld(file: string): StartingWorld {
  const read = startingWorldSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw new Error(`${file}: ${path.map(String).join(".") || "the file"}: ${message}`);
}

/** The token of earlier starts, so that a shell that exported it can still use it. */
function readToken(state: string | undefined): string {
  const fresh = randomBytes(24).toString("base64url");
  if (state === undefined) return fresh;
  const file = join(state, "token");
  if (!existsSync(file)) writeFileSync(file, fresh, { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}
