import { notFound } from "../../http/refused";
import { active, type World } from "../../world";
import { jobsOf } from "../jobs/jobs";
import type { Project } from "../projects/projects";
import {
  environmentNames,
  isSecret,
  MASK,
  PROJECT_SCOPE,
  valuesFor,
  variablesOf,
  type EnvironmentVariable,
} from "./environment-variables";

/** A value as it is answered. */
interface AnsweredValue {
  readonly id: number;
  readonly value: string;
}

/** Values by variable and by the name of their environment. A missing value is absent, because clients read null as a value. */
export function valuesByEnvironment(world: World, project: Project): object {
  const names = environmentNames(world, project.id);
  const variables: Record<string, Record<string, AnsweredValue>> = {};
  for (const variable of variablesOf(world, project.id)) {
    const scope = variable.environment_id === null ? PROJECT_SCOPE : names.get(variable.environment_id);
    if (variable.type === "job" || scope === undefined) continue;
    (variables[variable.name] ??= {})[scope] = answeredValue(variable);
  }
  return { environments: [PROJECT_SCOPE, ...names.values()], variables };
}

/** A job's values by variable and type. A type without a value is absent, because clients fail on null. */
export function valuesOfJob(world: World, project: Project, jobId: number | undefined): object {
  if (jobId === undefined) return {};
  const job = active(jobsOf(world), jobId);
  if (job?.project_id !== project.id) throw notFound(`job ${jobId}`);
  return Object.fromEntries(
    [...valuesFor(world, job)].map(([name, values]) => [
      name,
      Object.fromEntries(Object.entries(values).map(([type, variable]) => [type, answeredValue(variable)])),
    ]),
  );
}

/** A job's own value as it is answered. */
export function overrideAnswer(variable: EnvironmentVariable): object {
  const { value: _value, ...fields } = variable;
  return { ...fields, display_value: answeredValue(variable).value, environment: null };
}

/** A value as it is answered. A secret is masked. */
function answeredValue(variable: EnvironmentVariable): AnsweredValue {
  return { id: variable.id, value: isSecret(variable.name) ? MASK : variable.value };
}
