import type { DbtCloudClient } from "../../dbt-cloud/client";
import { isOver, readRunWithLogs, runUrl, type Run, type RunStep } from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";
import { printable } from "../../jobs/printable";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import { linesOf } from "../runs/failure-text";
import { newestRunOf } from "../runs/newest-run";
import { openTarget } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface LogsOptions {
  readonly config: string;
  /** The key of a job. */
  readonly key: string;
  /**
   * The number of the step to print, counted from 1.
   *
   * @default - all steps
   */
  readonly step?: number;
  /** Prints new lines until the run ends. */
  readonly follow: boolean;
}

const POLL_MILLISECONDS = 2000;

/**
 * Prints the complete log of a job's newest run.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when the key is unknown, the job is not deployed or never ran, or the run does not have the step
 */
export async function logs(options: LogsOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const { key, config } = options;
  const { client, run: newest } = await newestRunOf(key, config, openTarget(config, dependencies));
  if (!newest) {
    throw new CommandError(
      EXIT.failed,
      `start a run with \`dbt-job-manager run ${key}\`: the job ${key} never ran, so it has no log`,
    );
  }
  const printer = new LogPrinter(options, dependencies.write);
  const run = await (options.follow ? followLogs(client, newest.id, printer) : readRunWithLogs(client, newest.id));
  printer.print(run);
  if (options.step !== undefined && chosen(run, options).length === 0) throw noStep(run, options);
  return {
    exitCode: EXIT.ok,
    text: printable(`${key}: run ${run.id}, ${run.status_humanized}  ${runUrl(client, run)}`),
    json: {
      key,
      run_id: run.id,
      status: run.status_humanized,
      url: runUrl(client, run),
      steps: chosen(run, options).map(({ index, name, status_humanized, logs: log }) => ({
        index,
        name,
        status: status_humanized,
        log: logLines(log),
      })),
    } satisfies ResultOf<"logs">,
  };
}

async function followLogs(client: DbtCloudClient, runId: number, printer: LogPrinter): Promise<Run> {
  for (;;) {
    const run = await readRunWithLogs(client, runId);
    if (isOver(run)) return run;
    printer.print(run);
    await client.pause(POLL_MILLISECONDS);
  }
}

/** Prints the lines of a run's steps that it did not print before. */
class LogPrinter {
  private readonly printed = new Map<number, number>();

  constructor(
    private readonly options: LogsOptions,
    private readonly write: (line: string) => void,
  ) {}

  print(run: Run): void {
    for (const step of chosen(run, this.options)) {
      if (step.status < RUN_STATUS.running) return;
      this.printStep(step, run.run_steps?.length ?? 0, isOver(step) || isOver(run));
    }
  }

  private printStep({ index, name, logs: log }: RunStep, count: number, isComplete: boolean): void {
    const before = this.printed.get(index);
    if (before === undefined) this.write(`Step ${index} of ${count}: ${name}`);
    // dbt may still be writing the last line of a step that runs.
    const lines = logLines(log).slice(0, isComplete ? undefined : -1);
    for (const line of lines.slice(before ?? 0)) this.write(`  ${line}`.trimEnd());
    this.printed.set(index, Math.max(before ?? 0, lines.length));
  }
}

function chosen({ run_steps: steps }: Run, { step }: LogsOptions): readonly RunStep[] {
  return (steps ?? []).filter(({ index }) => step === undefined || index === step);
}

function noStep({ id, run_steps: steps }: Run, { step }: LogsOptions): CommandError {
  const names = (steps ?? []).map(({ index, name }) => `  ${index}  ${name}`);
  return new CommandError(EXIT.usage, [
    `choose another --step: run ${id} has no step ${step}`,
    ...(names.length > 0 ? ["steps:", ...names] : []),
  ]);
}

function logLines(log: string | null | undefined): string[] {
  const lines = linesOf(log ?? "");
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
