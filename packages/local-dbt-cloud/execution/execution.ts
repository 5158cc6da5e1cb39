import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { environmentsOf } from "../resources/environments/environments";
import type { Job } from "../resources/jobs/jobs";
import { projectsOf } from "../resources/projects/projects";
import { endRun } from "../resources/runs/ending";
import { runFolder, type RunFolder } from "../resources/runs/files";
import { runsOf, STATUS, stepsOf, stepsOfRun, type Run, type RunStep } from "../resources/runs/runs";
import { timestamp, type World } from "../world";
import { checkOut, removeCheckout } from "./checkout";
import { defers, type Deferral } from "./deferral";
import { DbtSteps } from "./dbt-steps";
import type { ExecutionOptions } from "./options";
import { ParsedProject } from "./parsed-project";
import { planSteps, type PlannedStep, type StepEnd } from "./plan";
import { writeProfile } from "./profile";
import { maskOf, type Mask } from "./secrets";
import { StepLog } from "./step-log";

/** The schema of an environment that says nothing about it. */
const DEFAULT_SCHEMA = "marketing";

/** One run being executed: its steps one after the other, up to the first that fails. */
export class Execution {
  private readonly folder: RunFolder;
  private readonly variables: Readonly<Record<string, string>>;
  private readonly mask: Mask;
  private project = "";

  constructor(
    private readonly world: World,
    private readonly options: ExecutionOptions,
    private readonly job: Job,
    private readonly runId: number,
    private readonly deferral: Deferral | undefined,
    /** Its reason says why the run is cancelled. */
    private readonly signal: AbortSignal,
  ) {
    this.folder = runFolder(options.runs, runId);
    this.variables = options.variablesOf(job);
    this.mask = maskOf(this.variables);
  }

  /** Executes the run; whatever happens, it has ended afterwards. */
  async toEnd(): Promise<void> {
    const steps = this.begin();
    let end: StepEnd = { status: STATUS.success };
    for (const { id, planned } of steps) {
      if (end.status === STATUS.success) {
        const { status, message } = await this.execute(planned, id);
        if (status === STATUS.cancelled || (status === STATUS.error && !planned.optional)) end = { status, message };
      } else {
        this.skip(id, end);
      }
    }
    if (this.project !== "") this.parsed.save(this.folder.target);
    rmSync(this.folder.target, { recursive: true, force: true });
    await removeCheckout(this.options.repo, this.folder.checkout);
    this.finish(end);
  }

  private get run(): Run {
    return runsOf(this.world).get(this.runId)!;
  }

  private get parsed(): ParsedProject {
    return new ParsedProject(this.options.warehouses, this.job.environment_id, this.project);
  }

  private begin(): { id: number; planned: PlannedStep }[] {
    return this.world.store.atomically(() => {
      const steps = planSteps(this.job, this.run).map((planned, i) => ({ planned, id: this.addStep(planned, i + 1) }));
      this.update({
        status: STATUS.running,
        step_ids: steps.map(({ id }) => id),
        started_at: this.now(),
        deferring_run_id: this.deferral?.run.id ?? null,
      });
      return steps;
    });
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

  private async execute(planned: PlannedStep, id: number): Promise<StepEnd> {
    const step = this.updateStep(id, { status: STATUS.running, started_at: this.now() });
    const log = new StepLog(this.folder.log(step.index), this.mask);
    let end: StepEnd;
    try {
      end = this.signal.aborted ? this.cancelled() : await this.perform(planned, step, log);
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

  private async perform(planned: PlannedStep, step: RunStep, log: StepLog): Promise<StepEnd> {
    switch (planned.kind) {
      case "checkout":
        return this.checkOut(log);
      case "profile":
        return this.writeProfile(log);
      default: {
        const end = await this.invoke(planned, step, log);
        return this.signal.aborted ? this.cancelled() : end;
      }
    }
  }

  private invoke({ kind, command }: PlannedStep, { id, index }: RunStep, log: StepLog): Promise<StepEnd> {
    const { folder, variables, mask, signal, project, run } = this;
    const steps = new DbtSteps(this.world, this.options, { folder, variables, mask, signal, project, run });
    const onStart = (process_id: number): void => {
      this.updateStep(id, { process_id });
    };
    return kind === "deps"
      ? steps.installPackages({ index, log, onStart })
      : steps.invoke(command!, { index, log, onStart });
  }

  private async checkOut(log: StepLog): Promise<StepEnd> {
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
    this.project = project;
    this.update({ git_branch: branch, git_sha: sha });
    return { status: STATUS.success };
  }

  private writeProfile(log: StepLog): StepEnd {
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
    writeProfile(this.folder.profile, this.project, options);
    this.prepareState();
    this.parsed.restore(this.folder.target);
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
    const log = new StepLog(this.folder.log(step.index), this.mask);
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
    const messages = [...(message === undefined ? [] : [message]), ...empty];
    endRun(this.world, this.run, {
      status,
      status_message: messages.length > 0 ? messages.join("\n") : null,
      artifacts_saved: steps.some((step) => step.command !== null && step.started_at !== null),
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
    return timestamp(this.world.now());
  }
}
