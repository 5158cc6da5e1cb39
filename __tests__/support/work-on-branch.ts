import { DbtCloudClient, type ClientOptions } from "../../src/dbt-cloud/client";
import type { CommandDependencies } from "../../src/job-manager/commands/command";
import { envFile, jobData, type Overrides } from "./env-file";
import { envFolder } from "./env-folder";
import type { ListeningCloud } from "./listening-cloud";
import { TOKEN } from "./local-dbt-cloud";
import { testClock } from "./test-clock";
import { join } from "node:path";

/** A client of a local dbt Cloud that repeats requests without pauses. */
export function clientOf({ url, world }: ListeningCloud, options: Partial<ClientOptions> = {}): DbtCloudClient {
  return new DbtCloudClient({ host: url, accountId: world.accountId, token: TOKEN, clock: testClock(), ...options });
}

/** The jobs of a small env file: two on demand, one with a schedule, and one that runs after another. */
export const JOBS = {
  extract: jobData({ description: "Brings the data in" }),
  attribution: jobData({ schedule: { at: ["05:00"] } }),
  campaigns: jobData({ run_after: { job: "attribution" }, execute_steps: ["dbt run", "dbt test"] }),
  validation: jobData({ execute_steps: ["dbt test"] }),
} as const;

/**
 * Makes a folder with the env file `dev.yaml` of a shared environment, and `prod.yaml` beside it.
 *
 * @returns the path of dev.yaml
 */
export function devFile(jobs: Overrides = JOBS, more: Overrides = {}): string {
  const dev = envFile({
    name: "development",
    applied_by: "api",
    git_branch: undefined,
    environment: { id: 999 },
    jobs,
    ...more,
  });
  return join(envFolder({ "dev.yaml": dev, "prod.yaml": envFile() }), "dev.yaml");
}

/** The environment variables of a user who works on a branch. */
export function personEnv(
  { url }: Pick<ListeningCloud, "url">,
  { ref = "feature/x", user = "jennifer" } = {},
): Record<string, string> {
  return {
    DBTCLOUD_HOST_URL: url,
    DBTCLOUD_ACCOUNT_ID: "12345",
    DBTCLOUD_TOKEN: TOKEN,
    CI_COMMIT_REF_NAME: ref,
    GITLAB_USER_LOGIN: user,
  };
}

/** The dependencies of a command, and everything that it prints while it works. */
export interface Bench extends CommandDependencies {
  readonly said: string[];
  /** The lines that the command printed on standard output before it ended. */
  readonly written: string[];
}

/** Makes the dependencies of a command that runs in this process. */
export function bench(env: Readonly<Record<string, string>>, more: Partial<CommandDependencies> = {}): Bench {
  const said: string[] = [];
  const written: string[] = [];
  return {
    env,
    now: new Date(),
    colors: false,
    log: () => undefined,
    write: (line) => void written.push(line),
    stop: new AbortController().signal,
    folder: "/",
    clock: testClock(),
    random: Math.random,
    progress: {
      step: (line, done, total) => void said.push(`${line} (${done} of ${total})`),
      state: () => undefined,
      note: (line) => void said.push(line),
      end: () => undefined,
    },
    ...more,
    said,
    written,
  };
}
