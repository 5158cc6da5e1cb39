import { join } from "node:path";
import { z } from "zod";
import { CommandError, type CommandDependencies, type CommandResult } from "../commands/command";
import { deploy } from "../commands/deploy";
import { diffData } from "../commands/diff-data";
import { explain } from "../commands/explain";
import { show } from "../commands/show";
import { simulate } from "../commands/simulate";
import { status } from "../commands/status";
import { tokenOf } from "../connection";
import { EXIT } from "../exit-codes";
import { projectFolder } from "../project-folder";
import { Approvals } from "./approvals";

/** What an agent can call. */
export interface Tool<Input extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** Whether the tool can change jobs in dbt Cloud. The other tools get a client that sends no write. */
  readonly writes: boolean;
  readonly call: (input: z.output<z.ZodObject<Input>>, dependencies: CommandDependencies) => Promise<CommandResult>;
}

const MOST_ITEMS = 100;

/** A name cannot leave the folder of the env files, so an agent cannot read other files with it. */
const file = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .describe("The name of an env file, without folder and ending, such as prod for environments/prod.yaml.");
const branchFile = file.default("dev");
const key = z.string().max(200).describe("The key of a job in the env file.");
const keys = z.array(key).max(MOST_ITEMS).default([]);
/** A text that starts with a hyphen would be an option of dbt or git. */
const argument = z
  .string()
  .max(300)
  .regex(/^[^-\s]\S*$/);
const only = keys.describe("The keys of the jobs that may change; empty means all.");
const wholeNumber = (largest: number, value: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(1).max(largest).default(value);

/** All tools. Only `apply` writes, and only a plan that a person approved. */
export const TOOLS: readonly Tool[] = [
  tool({
    name: "jobs",
    description: "The jobs that an env file declares: schedule, next runs, steps, and the jobs that each job expects.",
    input: { config: file.optional().describe("The name of an env file; without it, all env files.") },
    writes: false,
    call: ({ config }, dependencies) =>
      promised(() => show({ files: [config === undefined ? folder() : pathOf(config)], next: 2 }, dependencies)),
  }),
  tool({
    name: "status",
    description: "The last runs of deployed jobs: what failed, with log lines, and the deadlines that were missed.",
    input: { config: branchFile, keys: keys.describe("The keys of the jobs; empty means all jobs of the env file.") },
    writes: false,
    call: (input, dependencies) =>
      status({ config: pathOf(input.config), keys: input.keys, exitCode: false }, dependencies),
  }),
  tool({
    name: "explain",
    description: "One job: what it builds and reads, what reads its tables, its next runs and its typical duration.",
    input: { config: branchFile, key },
    writes: false,
    call: (input, dependencies) =>
      explain({ config: pathOf(input.config), key: input.key, project: projectFolder() }, dependencies),
  }),
  tool({
    name: "plan",
    description:
      "What a deploy of the checked-out branch's jobs would change, field by field, with the hash of the plan. To apply it, ask a " +
      "person to run `dbt-job-manager approve HASH` in a terminal, and then call apply with the hash.",
    input: { config: branchFile, only },
    writes: false,
    call: (input, dependencies) => deploy({ ...deployOf(input), dryRun: true }, dependencies),
  }),
  tool({
    name: "diff-data",
    description:
      "What the uncommitted and committed changes of the branch do to the figures: builds the dbt project twice on DuckDB, on this " +
      "machine, and compares each mart. It takes minutes; `select` makes it shorter.",
    input: {
      base: argument.default("origin/main").describe("The branch or commit to compare with."),
      select: z.array(argument).min(1).max(MOST_ITEMS).optional().describe("Models, in dbt's selection syntax."),
    },
    writes: false,
    call: ({ base, select }, dependencies) =>
      promised(() =>
        diffData(
          { project: projectFolder(), base, select, markdown: false, exitCode: false },
          { ...dependencies, say: () => undefined },
        ),
      ),
  }),
  tool({
    name: "simulate",
    description:
      "The schedules of the next days, simulated many times: deadlines that break, and the use of run slots.",
    input: {
      config: file.optional().describe("The name of an env file; without it, all env files."),
      change: file.optional().describe("The name of a changed env file, to compare with the file of its environment."),
      days: wholeNumber(366, 30),
      trials: wholeNumber(500, 200),
      seed: wholeNumber(1e9, 1),
      slots: wholeNumber(1000, 1),
      minutes: z
        .array(argument)
        .max(MOST_ITEMS)
        .default([])
        .describe("Durations: attribution:45, or 10 for all others."),
      fail: z.array(argument).max(MOST_ITEMS).default([]).describe("Shares of failed runs: attribution:5%."),
    },
    writes: false,
    call: ({ config, change, ...input }, dependencies) =>
      promised(() =>
        simulate(
          {
            ...input,
            project: projectFolder(),
            files: [config === undefined ? folder() : pathOf(config)],
            change: change === undefined ? undefined : pathOf(change),
            markdown: false,
          },
          dependencies,
        ),
      ),
  }),
  tool({
    name: "apply",
    description:
      "Applies the plan with this hash, once, after a person approved it in a terminal. Use the same config and only as for plan. " +
      "It changes nothing if the plan is another one now.",
    input: {
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe("The hash that plan returned."),
      config: branchFile,
      only,
    },
    writes: true,
    call: ({ hash, ...input }, dependencies) => {
      const accept = (current: string): void => {
        takeApproval(hash, current, dependencies);
      };
      return deploy({ ...deployOf(input), dryRun: false, accept }, dependencies);
    },
  }),
];

/** Checks the types of one tool. A list has tools with different inputs, so its items lose theirs. */
function tool<Input extends z.ZodRawShape>(one: Tool<Input>): Tool {
  return one as unknown as Tool;
}

function deployOf({
  config,
  only,
}: {
  readonly config: string;
  readonly only: readonly string[];
}): Parameters<typeof deploy>[0] {
  // The person has seen the deletions, so they need no further confirmation.
  return { config: pathOf(config), only, dryRun: true, exitCode: false, yes: true, run: false };
}

function takeApproval(hash: string, current: string, { env, now }: CommandDependencies): void {
  if (hash !== current) {
    throw new CommandError(
      EXIT.failed,
      `the plan now has the hash ${current}: the files, the branch or dbt Cloud have changed since the plan ${hash}. ` +
        "Nothing was changed. Call plan, and ask a person to approve the new hash",
    );
  }
  new Approvals(env, tokenOf(env)!).take(hash, now);
}

function pathOf(config: string): string {
  return join(folder(), `${config}.yaml`);
}

function folder(): string {
  return join(projectFolder(), "environments");
}

async function promised(make: () => CommandResult): Promise<CommandResult> {
  return Promise.resolve(make());
}
