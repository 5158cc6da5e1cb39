import type { TerraformPlan } from "../../src/job-manager/terraform-plan/plan-file";

type Row = Readonly<Record<string, unknown>>;

/** The attributes of a job in a plan. */
export function jobRow(row: Row = {}): Row {
  return {
    id: 7,
    name: "team-daily-test",
    environment_id: 2,
    execute_steps: ["dbt build"],
    num_threads: 4,
    schedule_cron: "0 6 * * *",
    triggers: { schedule: true },
    ...row,
  };
}

/** The change of a resource as `terraform show -json` prints it, by default of the job `daily`. */
export function resourceChange(actions: readonly string[], before: Row | null, after: Row | null, rest: Row = {}): Row {
  const { type = "dbtcloud_job", name = "daily", previous_address, ...change } = rest;
  return {
    address: `${String(type)}.${String(name)}`,
    ...(previous_address === undefined ? {} : { previous_address }),
    mode: "managed",
    type,
    name,
    change: { actions, before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {}, ...change },
  };
}

/** The text of a plan with these changes, for an account of a dbt Cloud. */
export function planText(changes: readonly Row[], rest: Row = {}, accountId = 5): string {
  return JSON.stringify({
    format_version: "1.2",
    resource_changes: changes,
    configuration: {
      provider_config: { dbtcloud: { expressions: { account_id: { constant_value: accountId } } } },
      root_module: { resources: [] },
    },
    ...rest,
  } satisfies Partial<Record<keyof TerraformPlan, unknown>>);
}
