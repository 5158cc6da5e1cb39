import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { runFolder, type RunFolder } from "../resources/runs/files";
import { runsOf, STATUS, stepsOfRun, type Run } from "../resources/runs/runs";
import type { World } from "../world";
import { forgetResults, keepArtifacts, keepDebugLog, selectedNothing } from "./artifacts";
import { readCommand } from "./command";
import { dbtEnvironment } from "./dbt-environment";
import { findDbt } from "./dbt-program";
import type { ExecutionOptions } from "./options";
import type { StepEnd } from "./plan";
import { runProgram } from "./process-tree";
import type { Mask } from "./secrets";
import type { StepLog } from "./step-log";

/** The data that all dbt steps of a run use. */
export interface DbtContext {
  readonly run: Run;
  readonly folder: RunFolder;
  /** The folder of dbt_project.yml. */
  readonly project: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly mask: Mask;
  readonly signal: AbortSignal;
}

/** The reports of one step. */
export interface DbtStep {
  readonly index: number;
  readonly log: StepLog;
  readonly onStart: (processId: number) => void;
}

const NO_DBT =
  "dbt is not installed: neither .venv/bin nor PATH has it. Run `npm run python:setup` and run the job again, or start the local dbt Cloud with --dbt PROGRAM.";

/** The steps of one run that start dbt. */
export class DbtSteps {
  constructor(
    private readonly world: World,
    private readonly options: ExecutionOptions,
    private readonly context: DbtContext,
  ) {}

  /** `dbt deps`, which only a project with packages needs. */
  async installPackages(step: DbtStep): Promise<StepEnd> {
    const { project } = this.context;
    if (this.dbt() === undefined) return { status: STATUS.error, message: NO_DBT };
    const hasPackages = ["packages.yml", "dependencies.yml"].some((file) => existsSync(join(project, file)));
    if (hasPackages) return this.invoke("dbt deps", step);
    return { status: STATUS.success, message: "The project has no packages.yml: nothing to install" };
  }

  /** One command of the job. */
  async invoke(text: string, step: DbtStep): Promise<StepEnd> {
    const { folder, mask, project, signal } = this.context;
    const command = readCommand(text);
    if ("refusal" in command) return { status: STATUS.error, message: command.refusal };
    const dbt = this.dbt();
    if (dbt === undefined) return { status: STATUS.error, message: NO_DBT };

    forgetResults(folder.target, command.subcommand);
    const output: string[] = [];
    const exitCode = await runProgram({
      file: dbt,
      args: command.args,
      cwd: project,
      env: this.environment(command.subcommand),
      onLine: (line) => {
        output.push(line);
        step.log.line(line);
      },
      onStart: step.onStart,
      signal,
      patience: this.options.patience,
    });
    keepArtifacts(folder.target, folder.artifacts(step.index), mask);
    keepDebugLog(folder.dbtLogs, folder.debugLog(step.index), mask);
    if (exitCode !== 0) {
      const reason = exitCode === undefined ? "was ended by a signal" : `failed with exit code ${exitCode}`;
      return { status: STATUS.error, message: `dbt ${command.subcommand} ${reason}` };
    }
    if (!selectedNothing(command.subcommand, folder.target, output)) return { status: STATUS.success };
    return {
      status: STATUS.success,
      selectedNothing: true,
      message: "This step selected nothing: dbt had nothing to do",
    };
  }

  private dbt(): string | undefined {
    return this.options.dbt ?? findDbt(this.options.repo, this.options.machine["PATH"] ?? "");
  }

  private environment(subcommand: string): Record<string, string> {
    const { run, folder, variables } = this.context;
    const environment = dbtEnvironment(this.world, run, folder, this.options.machine, variables);
    if (run.deferring_run_id !== null) {
      Object.assign(environment, { DBT_DEFER: "true", DBT_DEFER_STATE: folder.deferredState });
    }
    if (subcommand === "retry" && run.retrying_run_id !== null) {
      this.prepareRetry(runsOf(this.world).get(run.retrying_run_id)!);
      environment["DBT_STATE"] = folder.retriedState;
    }
    return environment;
  }

  /** `dbt retry` reads the results of the step that failed. */
  private prepareRetry(failed: Run): void {
    const { folder } = this.context;
    const step = stepsOfRun(this.world, failed).findLast(({ status }) => status === STATUS.error);
    const artifacts = runFolder(this.options.runs, failed.id).artifacts(step!.index);
    mkdirSync(folder.retriedState, { recursive: true, mode: 0o700 });
    for (const file of ["manifest.json", "run_results.json"]) {
      copyFileSync(join(artifacts, file), join(folder.retriedState, file));
    }
  }
}
