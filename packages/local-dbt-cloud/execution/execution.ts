import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { environmentsOf } from "../resources/environments/environments";
import type { Job } from "../resources/jobs/jobs";
import { projectsOf } from "../resources/projects/projects";
import { endRun } from "../resources/runs/ending";
import { runFolder, type RunFolder } from "../resources/runs/files";
import { runsOf, STATUS, stepsOf, stepsOfRun, type Run, type RunStep } from "../resources/runs/runs";
import { secondsLater } from "../clock";
import { timestamp, type World } from "../world";
import { checkOut, removeCheckout } from "./checkout";
import { defers, type Deferral } from "./deferral";
import { DbtSteps } from "./dbt-steps";
import type { ExecutionOptions } from "./options";
import { ParsedProject } from "./parsed-project";
import { planSteps, type PlannedStep, type StepEnd } from "./plan";
import { writeProfile } from "./profile";
import type { Recording } from "./recording";
import { maskOf, type Mask } from "./secrets";
import { StepLog } from "./step-log";

/** The schema of an environment that sets none. */
const DEFAULT_SCHEMA = "marketing";

/** A run that starts now. */
export interface StartedRun {
  readonly job: Job;
  readonly runId: number;
  /** The run whose tables replace those that the job has not built; undefined when there is none. */
  readonly deferral: Deferral | undefined;
  /** Cancels the run. The signal's reason has the cause. */
  readonly signal: AbortSignal;
}

/** The result of a step, and the data for the next steps. */
interface StepResult extends StepEnd {
  /** The folder of dbt_project.yml, which the checkout finds. */
  readonly project?: string;
}

/** Executes one run: its steps one after the other, until one fails. */
export class Execution {
  private readonly job: Job;
  private readonly runId: number;
  private readonly deferral: Deferral | undefined;
  private readonly signal: AbortSignal;
  private readonly folder: RunFolder;
  private readonly variables: Readonly<Record<string, string>>;
  private readonly mask: Mask;

  constructor(
    private readonly world: World,
    private readonly options: ExecutionOptions,
    { job, runId, deferral, signal }: StartedRun,
  ) {
    this.job = job;
    this.runId = runId;
    this.deferral = deferral;
    this.signal = signal;
    this.folder = runFolder(options.runs, runId);
    this.variables = options.variablesOf(job);
    this.mask = maskOf(this.variables);
  }

  /** Executes the run to its end. */
  async toEnd(): Promise<void> {
    const steps = this.begin();
    let end: StepEnd = { status: STATUS.success };
    let project: string | undefined;
    for (const { id, planned } of steps) {
      if (end.status === STATUS.success) {
        const result = await this.execute(planned, id, project);
        project ??= result.project;
        const { status, message } = result;
        if (status === STATUS.cancelled || (status === STATUS.error && !planned.optional)) end = { status, message };
      } else {
        this.skip(id, end);
      }
    }
    if (project !== undefined) {
      this.parsed(project).save(this.folder.target);
      rmSync(this.folder.target, { recursive: true, force: true });
    }
    // A replayed run has no checkout.
    if (!this.options.recording) await removeCheckout(this.options.repo, this.folder.checkout);
    this.finish(end);
  }

  private get run(): Run {
    return runsOf(this.world).get(this.runId)!;
  }

  private parsed(project: string): ParsedProject {
    return new ParsedProject(this.options.warehouses, this.job.environment_id, project);
  }

  private begin(): { id: number; planned: PlannedStep }[] {
    const begun = this.world.store.atomically(() => {
      const steps = planSteps(this.job, this.run).map((planned, i) => ({ planned, id: this.addStep(planned, i + 1) }));
      this.update({
        status: STATUS.running,
        step_ids: steps.map(({ id }) => id),
        started_at: this.now(),
        deferring_run_id: this.deferral?.run.id ?? null,
      });
      return steps;
    });
    this.world.signals.emit("started", this.runId);
    return begun;
  }

  private addStep({ name, command }: PlannedStep, index: number): number {
    const step = stepsOf(this.world).insert({
      run_id: this.runId,
      account_id: this.world.accountId,
      index,
      name: this.mask(name),
      command: command === null ? null : this.mask(command),
      status: STATUS.queued,
      started_at: null,
      finished_at: null,
      selected_nothing: false,
      process_id: null,
      created_at: this.now(),
      updated_at: this.now(),
    });
    return step.id;
  }

  private async execute(planned: PlannedStep, id: number, project: string | undefined): Promise<StepResult> {
    const step = this.updateStep(id, { status: STATUS.running, started_at: this.now() });
    const log = this.logOf(step);
    let end: StepResult;
    try {
      end = this.signal.aborted ? this.cancelled() : await this.perform(planned, step, log, project);
    } catch (error) {
      end = { status: STATUS.error, message: (error as Error).message };
    }
    if (end.message !== undefined) log.line(end.message);
    log.close();
    this.updateStep(id, {
      status: end.status,
      selected_nothing: end.selectedNothing ?? false,
      finished_at: this.now(),
      process_id: null,
    });
    const message = end.message === undefined ? undefined : `Step ${step.index}, ${step.name}: ${end.message}`;
    return { ...end, message: end.status === STATUS.cancelled ? end.message : message };
  }

  private async perform(
    planned: PlannedStep,
    step: RunStep,
    log: StepLog,
    project: string | undefined,
  ): Promise<StepResult> {
    const { recording } = this.options;
    if (recording) return this.replay(recording, planned, step);
    if (planned.kind === "checkout") return this.checkOut(log);
    if (project === undefined) throw new Error("the steps begin with a checkout");
    if (planned.kind === "profile") return this.writeProfile(project, log);
    const end = await this.invoke(planned, step, log, project);
    return this.signal.aborted ? this.cancelled() : end;
  }

  /** The log of a step. A replayed run has no files, because they take most of the time of a simulated month. */
  private logOf({ index }: RunStep): StepLog {
    return new StepLog(this.options.recording ? undefined : this.folder.log(index), this.mask);
  }

  /** Waits as long as the recorded step took, and ends as it did. Only commands are recorded. */
  private async replay(recording: Recording, { kind, command }: PlannedStep, { index }: RunStep): Promise<StepEnd> {
    if (kind !== "command") return { status: STATUS.success };
    const end = recording.endOf({ job: this.job.name, command: command!, runId: this.runId, index });
    if (!end) {
      const message = `${recording.file} has no step for this command and job. Add one, or one without "command" for all commands.`;
      return { status: STATUS.error, message };
    }
    await this.wait(end.seconds);
    return this.signal.aborted ? this.cancelled() : { status: end.status, message: end.message };
  }

  /** Waits for some seconds, or until the run is cancelled. */
  private wait(seconds: number): Promise<void> {
    const { clock } = this.world;
    return new Promise((resolve) => {
      const stop = clock.at(secondsLater(clock.now(), seconds), resolve);
      const abort = (): void => {
        stop();
        resolve();
      };
      this.signal.addEventListener("abort", abort, { once: true });
    });
  }

  private invoke(
    { kind, command }: PlannedStep,
    { id, index }: RunStep,
    log: StepLog,
    project: string,
  ): Promise<StepEnd> {
    const { folder, variables, mask, signal, run } = this;
    const steps = new DbtSteps(this.world, this.options, { folder, variables, mask, signal, project, run });
    const onStart = (process_id: number): void => {
      this.updateStep(id, { process_id });
    };
    return kind === "deps"
      ? steps.installPackages({ index, log, onStart })
      : steps.invoke(command!, { index, log, onStart });
  }

  private async checkOut(log: StepLog): Promise<StepResult> {
    const { trigger } = this.run;
    const environment = environmentsOf(this.world).get(this.job.environment_id)!;
    const wanted = {
      repo: this.options.repo,
      subdirectory: projectsOf(this.world).get(this.job.project_id)!.dbt_project_subdirectory,
      asked: trigger.git_sha ?? trigger.git_branch,
      environmentBranch: environment.use_custom_branch ? environment.custom_branch : null,
    };
    const { project, branch, sha, lines } = await checkOut(wanted, this.folder.checkout);
    for (const line of lines) log.line(line);
    this.update({ git_branch: branch, git_sha: sha });
    return { status: STATUS.success, project };
  }

  private writeProfile(project: string, log: StepLog): StepEnd {
    const { trigger } = this.run;
    const { warehouses, sources } = this.options;
    const warehouse = (environmentId: number): string => join(warehouses, `${environmentId}.duckdb`);
    const deferredTo = this.deferral?.run.environment_id;
    const isElsewhere = deferredTo !== undefined && deferredTo !== this.job.environment_id;
    const options = {
      targetName: trigger.target_name_override ?? this.job.settings.target_name,
      warehouse: warehouse(this.job.environment_id),
      schema: trigger.schema_override ?? this.variables["DBT_SCHEMA"] ?? DEFAULT_SCHEMA,
      threads: trigger.threads_override ?? this.job.settings.threads,
      sources,
      deferredWarehouse: isElsewhere ? warehouse(deferredTo) : undefined,
    };
    writeProfile(this.folder.profile, project, options);
    this.prepareState();
    this.parsed(project).restore(this.folder.target);
    log.line(`Warehouse: ${options.warehouse} (DuckDB), schema ${options.schema}, target ${options.targetName}`);
    if (sources !== undefined) log.line(`Sources: ${sources}, read-only`);
    if (this.deferral) log.line(`Deferring to run ${this.deferral.run.id} of environment ${deferredTo!}`);
    else if (defers(this.job)) log.line("Nothing to defer to: no run that the job defers to has succeeded here yet");
    return { status: STATUS.success };
  }

  private prepareState(): void {
    if (!this.deferral) return;
    mkdirSync(this.folder.deferredState, { recursive: true, mode: 0o700 });
    copyFileSync(this.deferral.manifest, join(this.folder.deferredState, "manifest.json"));
  }

  private skip(id: number, { status }: StepEnd): void {
    const step = this.updateStep(id, { status: STATUS.cancelled });
    const log = this.logOf(step);
    log.line(status === STATUS.error ? "Skipped: a step before it failed" : "Skipped: the run was cancelled");
    log.close();
  }

  private finish({ status, message }: StepEnd): void {
    const steps = stepsOfRun(this.world, this.run);
    const succeeded = (command: string): boolean =>
      steps.some((step) => step.command?.includes(command) && step.status === STATUS.success);
    const empty = steps
      .filter((step) => step.selected_nothing)
      .map((step) => `Step ${step.index} selected nothing: ${step.command}`);
    const { recording } = this.options;
    const replayed = recording ? [`Replayed from ${recording.file}: dbt did not run`] : [];
    const messages = [...(message === undefined ? [] : [message]), ...empty, ...replayed];
    endRun(this.world, this.run, {
      status,
      status_message: messages.length > 0 ? messages.join("\n") : null,
      artifacts_saved: !recording && steps.some((step) => step.command !== null && step.started_at !== null),
      has_docs_generated: succeeded("docs generate"),
      has_sources_generated: succeeded("source freshness"),
    });
  }

  private cancelled(): StepEnd {
    return { status: STATUS.cancelled, message: String(this.signal.reason) };
  }

  private update(changes: Partial<Run>): void {
    runsOf(this.world).put({ ...this.run, ...changes, updated_at: this.now() });
  }

  private updateStep(id: number, changes: Partial<RunStep>): RunStep {
    const steps = stepsOf(this.world);
    return steps.put({ ...steps.get(id)!, ...changes, updated_at: this.now() });
  }

  private now(): string {
    return timestamp(this.world.clock.now());
  }
}
