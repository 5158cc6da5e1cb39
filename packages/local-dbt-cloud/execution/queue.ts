import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { secondsLater } from "../clock";
import { active, timestamp, type World } from "../world";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { endRun } from "../resources/runs/ending";
import { runFolder, runsFolderIn } from "../resources/runs/files";
import { queuedRuns } from "../resources/runs/groups";
import { runsOf, STATUS, stepsOf, stepsOfRun, type Run } from "../resources/runs/runs";
import { removeCheckout } from "./checkout";
import { readCommand } from "./command";
import { deferralOf, type Deferral } from "./deferral";
import { Execution } from "./execution";
import type { ExecutionOptions } from "./options";
import { endOrphan } from "./process-tree";
import type { Recording } from "./recording";

/** The options of a queue. */
export interface QueueOptions extends Pick<ExecutionOptions, "repo" | "variablesOf" | "machine"> {
  /** The folder in which runs and warehouses are kept. */
  readonly folder: string;
  /**
   * The file of the program that runs as dbt.
   *
   * @default - the one in `.venv` of the project or of a folder above it, or else the first one on PATH
   */
  readonly dbt?: string;
  /**
   * The DuckDB file of source rows, attached read-only.
   *
   * @default - none: the project has its own
   */
  readonly sources?: string;
  /**
   * The durations and results that replace dbt.
   *
   * @default - dbt runs
   */
  readonly recording?: Recording;
  /**
   * Milliseconds between SIGTERM and SIGKILL when a run is cancelled.
   *
   * @default 5000
   */
  readonly patience?: number;
}

interface Started {
  /** The environments with the warehouses that the run uses. */
  readonly environments: readonly number[];
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Executes runs in the order of their ids. An environment has one run at a time, because only one process can open its
 * DuckDB file. Runs of different environments run in parallel.
 */
export class RunQueue {
  private readonly execution: ExecutionOptions;
  private readonly started = new Map<number, Started>();
  private closed = false;

  constructor(
    private readonly world: World,
    options: QueueOptions,
  ) {
    const { dbt, sources, recording, patience = 5000, variablesOf, machine } = options;
    this.execution = {
      runs: runsFolderIn(options.folder),
      warehouses: join(resolve(options.folder), "warehouse"),
      repo: resolve(options.repo),
      dbt,
      sources: sources === undefined ? undefined : resolve(sources),
      recording,
      variablesOf,
      machine,
      patience,
    };
    mkdirSync(this.execution.runs, { recursive: true, mode: 0o700 });
    world.signals.on("queued", this.wake).on("cancelled", this.cancel);
  }

  /**
   * Ends the runs that an earlier start of this program left unfinished, then starts queued runs. Call it once, before
   * the API answers requests.
   */
  async start(): Promise<void> {
    const open = runsOf(this.world).open();
    for (const run of open) if (run.status !== STATUS.queued) await this.abandon(run);
    if (open.length > 0) this.wake();
  }

  /** Starts the queued runs that may start now. */
  private readonly wake = (): void => {
    this.cancelOrphans();
    const taken = new Set([...this.started.values()].flatMap(({ environments }) => environments));
    for (const run of this.queued()) {
      const job = jobsOf(this.world).get(run.job_definition_id)!;
      const deferral = this.execution.recording ? undefined : deferralOf(this.world, this.execution.runs, job);
      const environments = [...new Set([run.environment_id, deferral?.run.environment_id ?? run.environment_id])];
      const isFree = environments.every((id) => !taken.has(id));
      // A waiting run keeps its place before later runs.
      for (const id of environments) taken.add(id);
      if (isFree) this.startRun(run, job, deferral, environments);
    }
  };

  private readonly cancel = (runId: number): void => {
    this.started.get(runId)?.controller.abort("Cancelled by request");
  };

  /** Waits until no run is in progress. */
  async idle(): Promise<void> {
    while (this.started.size > 0) await Promise.race([...this.started.values()].map(({ ended }) => ended));
  }

  /** Cancels the runs in progress. Queued runs wait for the next start. */
  async close(): Promise<void> {
    this.closed = true;
    this.world.signals.off("queued", this.wake).off("cancelled", this.cancel);
    for (const { controller } of this.started.values()) controller.abort("The local dbt Cloud was stopped");
    await this.idle();
  }

  private queued(): readonly Run[] {
    return this.closed ? [] : queuedRuns(this.world);
  }

  /** Ends the queued runs of jobs that were deleted. */
  private cancelOrphans(): void {
    for (const run of this.queued()) {
      if (active(jobsOf(this.world), run.job_definition_id)) continue;
      endRun(this.world, run, { status: STATUS.cancelled, status_message: "Cancelled: its job was deleted" });
    }
  }

  private startRun(run: Run, job: Job, deferral: Deferral | undefined, environments: readonly number[]): void {
    const now = timestamp(this.world.clock.now());
    runsOf(this.world).put({ ...run, status: STATUS.starting, dequeued_at: now, updated_at: now });
    const controller = new AbortController();
    const { signal } = controller;
    const execution = new Execution(this.world, this.execution, { job, runId: run.id, deferral, signal });
    this.started.set(run.id, { environments, controller, ended: this.follow(execution, run, job, controller) });
  }

  private async follow(execution: Execution, run: Run, job: Job, controller: AbortController): Promise<void> {
    const seconds = run.trigger.timeout_seconds_override ?? job.execution.timeout_seconds;
    const abort = (): void => {
      controller.abort(`Cancelled: it took longer than the job's timeout of ${seconds} seconds`);
    };
    const { clock } = this.world;
    const stopTimer = seconds > 0 ? clock.at(secondsLater(clock.now(), seconds), abort) : undefined;
    try {
      await execution.toEnd();
    } catch (error) {
      this.end(run.id, `The local dbt Cloud could not execute the run: ${(error as Error).message}`);
    }
    stopTimer?.();
    this.started.delete(run.id);
    this.wake();
  }

  /** Ends a run that was in progress when an earlier start of this program was killed. */
  private async abandon(run: Run): Promise<void> {
    for (const { command, process_id } of stepsOfRun(this.world, run)) {
      const parsed = readCommand(command ?? "");
      if (process_id !== null && "args" in parsed) endOrphan(process_id, parsed.args);
    }
    await removeCheckout(this.execution.repo, runFolder(this.execution.runs, run.id).checkout);
    this.end(run.id, "The local dbt Cloud ended while this run was in progress");
  }

  private end(runId: number, message: string): void {
    const now = timestamp(this.world.clock.now());
    this.world.store.atomically(() => {
      const run = runsOf(this.world).get(runId)!;
      for (const step of stepsOfRun(this.world, run)) {
        if (step.status >= STATUS.success) continue;
        const status = step.status === STATUS.queued ? STATUS.cancelled : STATUS.error;
        stepsOf(this.world).put({ ...step, status, finished_at: now, updated_at: now, process_id: null });
      }
      endRun(this.world, run, { status: STATUS.error, status_message: message });
    });
  }
}
