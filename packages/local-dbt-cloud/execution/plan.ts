import type { Job } from "../resources/jobs/jobs";
import type { EndStatus, Run } from "../resources/runs/runs";

/** A step before it is executed. */
export interface PlannedStep {
  readonly kind: "checkout" | "profile" | "deps" | "command";
  readonly name: string;
  readonly command: string | null;
  /** Whether the run continues, and can succeed, when the step fails. */
  readonly optional: boolean;
}

/** The result of a step. */
export interface StepEnd {
  readonly status: EndStatus;
  /** The reason, for people. It is the last line of the log. */
  readonly message?: string;
  readonly selectedNothing?: boolean;
}

/**
 * The steps of a run, numbered as in dbt Cloud: three that every run has, then the job's steps. A source check or docs
 * that come from the job's settings cannot fail a run. As a command of the job, they can.
 */
export function planSteps(job: Job, run: Run): PlannedStep[] {
  const docs = run.trigger.generate_docs_override ?? job.generate_docs;
  return [
    { kind: "checkout", name: "Clone git repository", command: null, optional: false },
    { kind: "profile", name: "Create profile from connection DuckDB", command: null, optional: false },
    { ...invocation("dbt deps", false), kind: "deps" },
    ...(job.run_generate_sources ? [invocation("dbt source freshness", true)] : []),
    ...run.commands.map((command) => invocation(command, false)),
    ...(docs ? [invocation("dbt docs generate", true)] : []),
  ];
}

function invocation(command: string, optional: boolean): PlannedStep {
  return { kind: "command", name: `Invoke dbt with \`${command}\``, command, optional };
}
