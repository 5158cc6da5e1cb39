import { invalid, Refused } from "../../http/refused";
import { active, type World } from "../../world";
import { environmentsOf } from "../environments/environments";
import { projectsOf } from "../projects/projects";
import { refuseCycle } from "./cycle";
import { canHaveFeature, isRunByGit, jobsOf, jobTypeOf, type Job, type JobBody } from "./jobs";

/**
 * Refuses a job whose values are valid one by one but not together: dbt Cloud refuses it, or a client fails on it later.
 *
 * @param before the job that is changed; undefined for a new job
 * @throws Refused with 400 or 405
 */
export function refuseJob(world: World, body: JobBody, before?: Job): void {
  refuseUnknownReferences(world, body);
  // No other job can wait for a new job yet.
  if (before) refuseCycle(world, before, body.job_completion_trigger_condition?.condition.job_id);
  const { triggers } = body;
  if (triggers.on_merge && (triggers.github_webhook || triggers.git_provider_webhook || triggers.schedule)) {
    throw invalid("triggers", "on_merge cannot be combined with another trigger");
  }
  refuseDeferral(body);
  const type = jobTypeOf(body);
  refuseChangeOfType(type, before);
  refuseStateAwareness(type, body);
}

function refuseDeferral(body: JobBody): void {
  const { deferring_job_definition_id: job, deferring_environment_id: environment } = body;
  if (job !== null && environment !== null) {
    throw invalid("deferring_environment_id", "a job defers to a job or to an environment, not to both");
  }
  if (body.run_compare_changes && environment === null) {
    throw invalid("run_compare_changes", "needs deferring_environment_id");
  }
}

function refuseStateAwareness(type: Job["job_type"], body: JobBody): void {
  const isRefused = body.cost_optimization_features?.some((feature) => !canHaveFeature(type, feature));
  if (isRefused || (isRunByGit(type) && body.force_node_selection === false)) {
    throw new Refused(405, `State-aware orchestration is not available for ${type} jobs`);
  }
}

function refuseUnknownReferences(world: World, body: JobBody): void {
  if (!active(projectsOf(world), body.project_id))
    throw invalid("project_id", `project ${body.project_id} does not exist`);
  const environment = active(environmentsOf(world), body.environment_id);
  if (!environment) throw invalid("environment_id", `environment ${body.environment_id} does not exist`);
  if (environment.project_id !== body.project_id) {
    throw invalid("environment_id", `environment ${body.environment_id} belongs to another project`);
  }
  const jobs = jobsOf(world);
  const deferring = body.deferring_job_definition_id;
  if (deferring !== null && !active(jobs, deferring)) {
    throw invalid("deferring_job_definition_id", `job ${deferring} does not exist`);
  }
  const deferringEnvironment = body.deferring_environment_id;
  if (deferringEnvironment !== null && !active(environmentsOf(world), deferringEnvironment)) {
    throw invalid("deferring_environment_id", `environment ${deferringEnvironment} does not exist`);
  }
  const upstream = body.job_completion_trigger_condition?.condition.job_id;
  if (upstream !== undefined && !active(jobs, upstream)) {
    throw invalid("job_completion_trigger_condition.condition.job_id", `job ${upstream} does not exist`);
  }
}

function refuseChangeOfType(type: Job["job_type"], before: Job | undefined): void {
  if (!before) return;
  for (const kind of ["ci", "adaptive"] as const) {
    if ((before.job_type === kind) !== (type === kind)) {
      throw invalid("job_type", `a job cannot change from ${before.job_type} to ${type}`);
    }
  }
}
