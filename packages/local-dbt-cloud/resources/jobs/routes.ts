import { laidOver, parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import {
  all,
  contains,
  flag,
  given,
  idIn,
  number,
  numbers,
  text,
  words,
  wordsIf,
  type Filter,
  type RawQuery,
} from "../../http/query";
import { notFound } from "../../http/refused";
import { active, timestamp, type Routes, type World } from "../../world";
import { environmentAnswer, environmentsOf } from "../environments/environments";
import { removeJob } from "../removal";
import { runAnswer } from "../runs/answer";
import { newestRun } from "../runs/groups";
import { inProgress, type Run } from "../runs/runs";
import { wordyDuration } from "../runs/words";
import { isRunByGit, jobBody, jobsOf, jobTypeOf, type Job, type JobBody } from "./jobs";
import { nextRun } from "./schedule";
import { refuseJob } from "./validation";

const JOBS = "/api/v2/accounts/:account/jobs/";

/** Jobs. An update is a whole object for some clients and a part of one for others, so it is laid over the stored one. */
export const jobRoutes: Routes = (app, world) => {
  const collection = jobsOf(world);

  app.get(JOBS, (request) => {
    const query = request.query as RawQuery;
    const related = words(query, "include_related");
    const rows = collection.all().filter(matches(query));
    const { data, ...envelope } = paged(rows, query, ["name", "created_at", "updated_at"]);
    return { ...envelope, data: data.map((job) => jobAnswer(world, job, related)) };
  });

  app.get(`${JOBS}:job/`, (request) =>
    single(jobAnswer(world, jobIn(world, request.params), words(request.query as RawQuery, "include_related"))),
  );

  app.post(JOBS, (request, reply) => {
    const body = parseBody(jobBody, request.body);
    refuseJob(world, body);
    const now = timestamp(world.now());
    const job = collection.insert({
      ...jobFields(body),
      account_id: world.accountId,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(jobAnswer(world, job), 201));
  });

  app.post(`${JOBS}:job/`, (request) => {
    const before = jobIn(world, request.params);
    const body = changed(before, request.body);
    if (body.state === 1) refuseJob(world, body, before);
    const job = { ...before, ...jobFields(body), updated_at: timestamp(world.now()) };
    if (job.state === 2) removeJob(world, job);
    else collection.put(job);
    return single(jobAnswer(world, job));
  });

  app.delete(`${JOBS}:job/`, (request, reply) => {
    removeJob(world, jobIn(world, request.params));
    return reply.code(204).send();
  });
};

/**
 * The stored job with what a body changes. New triggers decide the type again, unless the body names one. What the new
 * type cannot have and the body does not speak of is dropped: a client can only answer for what it sends.
 */
function changed(before: Job, body: unknown): JobBody {
  const changes = laidOver({}, body);
  // It follows from the features, so that the stored one says nothing.
  const { force_node_selection: _derived, ...stored } = before;
  const merged = parseBody(jobBody, { ...stored, ...("triggers" in changes && { job_type: null }), ...changes });
  const keeps = "cost_optimization_features" in changes || !isRunByGit(jobTypeOf(merged));
  return keeps ? merged : { ...merged, cost_optimization_features: [] };
}

/** The job that a path names. */
export function jobIn(world: World, params: unknown): Job {
  const id = idIn(params, "job");
  const job = active(jobsOf(world), id);
  if (!job) throw notFound(`job ${id}`);
  return job;
}

/** A job as it is answered: with its next run, and with other objects where they are asked for. */
export function jobAnswer(world: World, job: Job, related: readonly string[] = []): Record<string, unknown> {
  const environment = environmentsOf(world).get(job.environment_id);
  const next = job.triggers.schedule ? nextRun(job.schedule, world.now()) : null;
  return {
    ...job,
    raw_dbt_version: job.dbt_version,
    is_deferrable: true,
    is_system: false,
    deactivated: false,
    run_failure_count: 0,
    lifecycle_webhooks_url: null,
    next_run: next && timestamp(next),
    next_run_humanized: next && wordyDuration(Math.floor((next.getTime() - world.now().getTime()) / 1000)),
    cron_humanized: null,
    fusion_readiness: null,
    account: null,
    project: null,
    environment: related.includes("environment") && environment ? environmentAnswer(environment) : null,
    ...newestRuns(world, job, related),
  };
}

function newestRuns(world: World, job: Job, related: readonly string[]): Record<string, unknown> {
  const newest = (name: string, matches: (run: Run) => boolean): object | null => {
    const run = related.includes(name) ? newestRun(world, job.id, matches) : undefined;
    return run ? runAnswer(world, run) : null;
  };
  return {
    most_recent_run: newest("most_recent_run", () => true),
    most_recent_completed_run: newest("most_recent_completed_run", (run) => !inProgress(run)),
  };
}

function jobFields(body: JobBody): Omit<Job, "id" | "account_id" | "created_at" | "updated_at"> {
  const features = body.cost_optimization_features ?? [];
  const { name, ...rest } = body;
  return {
    ...rest,
    name,
    job_type: jobTypeOf(body),
    cost_optimization_features: features.includes("dbt_state") ? ["dbt_state"] : features,
    force_node_selection: !features.includes("state_aware_orchestration"),
  };
}

function matches(query: RawQuery): Filter<Job> {
  return all<Job>(
    stateFilter(query),
    given(flag(query, "is_system"), (system) => !system),
    given(numbers(query, "project_id__in") ?? numbers(query, "project_id"), (ids, row) => ids.includes(row.project_id)),
    given(number(query, "environment_id"), (id, row) => row.environment_id === id),
    given(text(query, "name__icontains"), (part, row) => contains(row.name, part)),
    given(numbers(query, "pk"), (ids, row) => ids.includes(row.id)),
    given(flag(query, "triggers_schedule"), (scheduled, row) => row.triggers.schedule === scheduled),
    given(wordsIf(query, "dbt_version__in"), (versions, row) => versions.includes(row.dbt_version ?? "")),
  );
}
