import { commandOf, type StepCommand } from "../../jobs/step-command";
import type { EnvironmentDefinition } from "../../env-files/definition";
import type { JobDefinition } from "../../jobs/definition";
import type { Selection } from "./resolve";

/** The types of objects on which a dbt command works. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  build: ["model", "seed", "snapshot", "test", "unit_test", "saved_query"],
  run: ["model"],
  test: ["test", "unit_test"],
  seed: ["seed"],
  snapshot: ["snapshot"],
  "source freshness": ["source"],
  "source snapshot-freshness": ["source"],
  clone: ["model", "seed", "snapshot"],
};

/** The commands that change tables. */
const BUILDING = ["build", "run", "seed", "snapshot"];

/** The flags that decide a selection, as `dbt list` calls them. */
const FORWARDED: Readonly<Record<string, string>> = {
  "--select": "--select",
  "-s": "--select",
  "--models": "--select",
  "--model": "--select",
  "-m": "--select",
  "--exclude": "--exclude",
  "--selector": "--selector",
  "--indirect-selection": "--indirect-selection",
  "--exclude-resource-type": "--exclude-resource-type",
  "--exclude-resource-types": "--exclude-resource-type",
};

const RESOURCE_TYPE = ["--resource-type", "--resource-types"];

/** These methods compare with an earlier run, which only dbt Cloud has. */
const NEEDS_STATE = /(?:^|[\s,+@\d])(?:state|result|source_status):/;

/** A step that selects objects of the dbt project. */
export interface SelectingStep {
  readonly command: StepCommand;
  readonly selection: Selection;
  /** Whether the step changes the tables of what it selects. */
  readonly isBuilding: boolean;
  readonly isFullRefresh: boolean;
}

/**
 * The question that finds what a step selects; undefined for a step that selects nothing by its nature, such as
 * `dbt run-operation`, and for a step whose selection depends on an earlier run, such as `state:modified`.
 */
export function selectionOf(
  step: string,
  job: Pick<JobDefinition, "environment_variables">,
  environment: Pick<EnvironmentDefinition, "environment_variables">,
): SelectingStep | undefined {
  const command = commandOf(step);
  const types = TYPES[command.name];
  if (!types || command.flags.some(({ values }) => values.some((value) => NEEDS_STATE.test(value)))) return undefined;
  const own = command.flags.filter(({ name }) => RESOURCE_TYPE.includes(name)).flatMap(({ values }) => values);
  const forwarded = command.flags.flatMap(({ name, values }) => {
    const flag = FORWARDED[name];
    return flag === undefined ? [] : [flag, ...values];
  });
  return {
    command,
    selection: {
      arguments: ["--resource-type", ...(own.length > 0 ? own : types), ...forwarded],
      vars: command.flags.find(({ name }) => name === "--vars")?.values[0] ?? null,
      variables: { ...environment.environment_variables, ...job.environment_variables },
    },
    isBuilding: BUILDING.includes(command.name),
    isFullRefresh: command.flags.some(({ name }) => ["--full-refresh", "-f"].includes(name)),
  };
}
