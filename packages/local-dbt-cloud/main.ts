import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildApp } from "./app";
import { RunQueue } from "./execution/queue";
import { startScheduler } from "./execution/scheduler";
import { seed, SEED_ACCOUNT_ID } from "./seed";
import { Store } from "./store/store";
import { resolvedVariables } from "./resources/environment-variables/environment-variables";
import { version } from "./package.json";
import type { World } from "./world";

const HELP = `local-dbt-cloud: a dbt Cloud on this machine, for loopback only

Usage: local-dbt-cloud [options]

  --port <n>       where to listen; 0 is any free port (default: 8580)
  --state <folder> where state, logs and warehouses are kept (default: .local-dbt-cloud)
  --ephemeral      keep nothing: state in memory, the rest in a temporary folder
  --seed           add the platform team's world: project 102, environments 999, 202 and 302
  --repo <folder>  the git repository of the dbt project that jobs run (default: the working directory)
  --sources <file> a DuckDB file of source rows, attached read-only
  --scheduler      fire schedules as time passes; without it jobs run when they are started
  --faults         let tests order faults through PUT /local/faults
  --version        print the version
  --help           print this

Example:
  $ npx local-dbt-cloud --seed --scheduler
`;

const EXIT = { failed: 1, usage: 64 } as const;

interface Options {
  readonly port: number;
  readonly state: string | undefined;
  readonly seed: boolean;
  readonly repo: string;
  readonly sources: string | undefined;
  readonly scheduler: boolean;
  readonly faults: boolean;
}

void main(process.argv.slice(2));

async function main(argv: string[]): Promise<void> {
  const options = readOptions(argv);
  if (typeof options === "number") {
    process.exitCode = options;
    return;
  }
  try {
    await serve(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT.failed;
  }
}

/** The options, or the exit code when there is nothing to serve. */
function readOptions(argv: string[]): Options | number {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        port: { type: "string", default: "8580" },
        state: { type: "string", default: ".local-dbt-cloud" },
        ephemeral: { type: "boolean", default: false },
        seed: { type: "boolean", default: false },
        repo: { type: "string", default: "." },
        sources: { type: "string" },
        scheduler: { type: "boolean", default: false },
        faults: { type: "boolean", default: false },
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
      repo: resolve(values.repo),
      sources: values.sources === undefined ? undefined : resolve(values.sources),
      scheduler: values.scheduler,
      faults: values.faults,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n(add --help for the options)`);
    return EXIT.usage;
  }
}

async function serve({ port, state, repo, sources, ...options }: Options): Promise<void> {
  if (state !== undefined) mkdirSync(state, { recursive: true, mode: 0o700 });
  const store = Store.open(state === undefined ? undefined : join(state, "state.db"));
  const folder = state ?? mkdtempSync(join(tmpdir(), "local-dbt-cloud-"));
  let url = "";
  const alone: World = { accountId: SEED_ACCOUNT_ID, store, now: () => new Date(), url: () => url };
  const runner = new RunQueue(alone, {
    folder,
    repo,
    sources,
    machine: process.env,
    variablesOf: (job) => resolvedVariables(alone, job),
  });
  const world: World = { ...alone, runner };
  if (options.seed) seed(world);
  await runner.start();
  const token = readToken(state);
  const app = buildApp({ world, token, faults: options.faults });
  url = await app.listen({ host: "127.0.0.1", port });
  const address = state === undefined ? undefined : join(state, "url");
  if (address !== undefined) writeFileSync(address, `${url}\n`);
  const stopScheduler = options.scheduler ? startScheduler(world) : undefined;

  const stop = async (): Promise<void> => {
    stopScheduler?.();
    if (address !== undefined) rmSync(address, { force: true });
    await app.close();
    await runner.close();
    store.close();
    if (state === undefined) rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
  console.log(`Local dbt Cloud is running at ${url}

  export DBTCLOUD_HOST_URL=${url}
  export DBTCLOUD_ACCOUNT_ID=${world.accountId}
  export DBTCLOUD_TOKEN=${token}
  export DBT_CLOUD_TOKEN=${token}

Jobs run the dbt project in ${repo}. Open ${url} in a browser to watch them.`);
}

/** The token of earlier starts, so that a shell that exported it goes on working. */
function readToken(state: string | undefined): string {
  const fresh = randomBytes(24).toString("base64url");
  if (state === undefined) return fresh;
  const file = join(state, "token");
  if (!existsSync(file)) writeFileSync(file, fresh, { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}
