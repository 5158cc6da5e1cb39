import { environmentSchema, type EnvironmentDefinition } from "../../src/env-files/definition";
import { jobSchema, type JobDefinition } from "../../src/jobs/definition";

/** A job with the required fields and the test's additions. */
export function jobDefinition(input: Readonly<Record<string, unknown>> = {}): JobDefinition {
  return jobSchema.parse({
    category: "attribution",
    description: "Builds it",
    owner: "marketing",
    execute_steps: ["dbt build"],
    ...input,
  });
}

/** A job with every value different from its default. */
export function fullJobDefinition(): JobDefinition {
  return jobDefinition({
    schedule: { at: ["06:30", "18:30"], days: ["monday", "friday"] },
    triggers_on_draft_pr: true,
    target_name: "prod",
    threads: 8,
    timeout_seconds: 900,
    dbt_version: "latest",
    generate_docs: true,
    run_generate_sources: true,
    defer_to: { environment: "elsewhere" },
    run_compare_changes: true,
    compare_changes_flags: "--select state:modified+",
    run_lint: true,
    errors_on_lint_failure: false,
    environment_variables: { DBT_WINDOW: "7" },
    notifications: [{ on: ["failure"], user_id: 7 }],
    sla: { finish_by: "08:00", target: 99 },
  });
}

/** An environment that Terraform applies, in project 1 and environment 2, with the test's additions. */
export function environmentDefinition(input: Readonly<Record<string, unknown>> = {}): EnvironmentDefinition {
  const { defaults: _defaults, ...definition } = environmentSchema.parse({
    name: "test",
    applied_by: "terraform",
    git_branch: "main",
    team: "team",
    project: { id: 1 },
    environment: { id: 2 },
    jobs: { daily: { ...jobDefinition() } },
    ...input,
  });
  return definition;
}
