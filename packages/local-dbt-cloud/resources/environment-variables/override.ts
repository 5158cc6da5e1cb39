import { z } from "zod";
import { invalid } from "../../http/refused";
import { active, type World } from "../../world";
import { jobsOf } from "../jobs/jobs";
import type { Project } from "../projects/projects";
import { variableName, variablesOf } from "./environment-variables";

/** The body of a job's override of a variable. */
export const overrideBody = z.object({
  type: z.literal("job"),
  name: variableName,
  job_definition_id: z.int(),
  raw_value: z.string(),
});

/** @throws Refused with 400 when the job or the variable does not exist, or the job already has a value */
export function refuseOverride(
  world: World,
  project: Project,
  { name, job_definition_id: jobId }: Pick<z.output<typeof overrideBody>, "name" | "job_definition_id">,
): void {
  if (active(jobsOf(world), jobId)?.project_id !== project.id) {
    throw invalid("job_definition_id", `job ${jobId} does not exist in the project`);
  }
  const variables = variablesOf(world, project.id).filter((variable) => variable.name === name);
  if (variables.every(({ type }) => type === "job"))
    throw invalid("name", `the project has no environment variable ${name}`);
  if (variables.some((variable) => variable.job_definition_id === jobId)) {
    throw invalid("name", `job ${jobId} already has a value of ${name}`);
  }
}
