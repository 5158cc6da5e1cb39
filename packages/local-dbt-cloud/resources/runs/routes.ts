import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { flag, idIn, number, numbers, text, words, type RawQuery } from "../../http/query";
import { notFound, Refused } from "../../http/refused";
import type { Routes, World } from "../../world";
import { jobsOf, type Job } from "../jobs/jobs";
import { jobAnswer, jobIn } from "../jobs/routes";
import { runAnswer, stepAnswer } from "./answer";
import { newestRun } from "./groups";
import { cancelQueued } from "./ending";
import { commandsOf, retryOf } from "./retry";
import { inProgress, queueRun, runsOf, STATUS, stepsOf, triggerBody, type Run } from "./runs";
import { timeOf } from "./words";

const RUNS = "/api/v2/accounts/:account/runs/";
const JOB = "/api/v2/accounts/:account/jobs/:job/";

/** Runs and their steps: started through their job, listed for the whole account. */
export const runRoutes: Routes = (app, world) => {
  app.post(`${JOB}run/`, (request) => {
    const job = jobIn(world, request.params);
    const body = parseBody(triggerBody, request.body);
    return single(answer(world, queueRun(world, job, { trigger: { ...body, cause_category: "api" } }), ["trigger"]));
  });

  app.post(`${JOB}rerun/`, (request) => {
    const job = jobIn(world, request.params);
    const newest = newestRun(world, job.id);
    const retried = newest && retryOf(world, newest).possible ? retryRun(world, newest) : undefined;
    const cause = { cause: "Run again", cause_category: "rerun" } as const;
    return single(answer(world, retried ?? queueRun(world, job, { trigger: cause }), ["trigger"]));
  });

  app.get(RUNS, (request) => {
    const query = request.query as RawQuery;
    const related = words(query, "include_related");
    const rows = runsOf(world).all().filter(matches(query));
    const { data, ...envelope } = paged(rows, query, ["created_at", "finished_at"]);
    return { ...envelope, data: data.map((run) => answer(world, run, related)) };
  });

  app.get(`${RUNS}:run/`, (request) => {
    const related = words(request.query as RawQuery, "include_related");
    return single(answer(world, runIn(world, request.params), related));
  });

  app.post(`${RUNS}:run/cancel/`, (request) => {
    const run = runIn(world, request.params);
    return single(answer(world, cancel(world, run), ["trigger"]));
  });

  app.get(`${RUNS}:run/retry/`, (request) => {
    const run = runIn(world, request.params);
    const retry = retryOf(world, run);
    if (!retry.possible) throw new Refused(404, `Run ${run.id} cannot be retried: ${retry.reason}`);
    return single({ failed_step: retry.failed.name, skipped_steps: retry.skipped.map(({ name }) => name) });
  });

  app.post(`${RUNS}:run/retry/`, (request) =>
    single(answer(world, retryRun(world, runIn(world, request.params)), ["trigger"])),
  );

  app.get("/api/v2/accounts/:account/steps/:step/", (request) => {
    const id = idIn(request.params, "step");
    const step = stepsOf(world).get(id);
    if (!step) throw notFound(`step ${id}`);
    return single(stepAnswer(world, step, words(request.query as RawQuery, "include_related").includes("debug_logs")));
  });
};

/** The run that a path names. */
export function runIn(world: World, params: unknown): Run {
  const id = idIn(params, "run");
  const run = runsOf(world).get(id);
  if (!run) throw notFound(`run ${id}`);
  return run;
}

/** A run with its job where that is asked for. */
function answer(world: World, run: Run, related: readonly string[]): object {
  const job = related.includes("job") ? jobsOf(world).get(run.job_definition_id) : undefined;
  return { ...runAnswer(world, run, related), job: job ? embeddedJob(world, job) : null };
}

/** A job as runs embed it: its schedule says of what kind date and time are, and no more. */
function embeddedJob(world: World, job: Job): object {
  const { cron, date, time } = job.schedule;
  return { ...jobAnswer(world, job), schedule: { cron, date: date.type, time: time.type } };
}

/** A run that has ended stays as it is. */
function cancel(world: World, run: Run): Run {
  if (run.status === STATUS.queued) return cancelQueued(world, run, "Cancelled while it was queued");
  if (inProgress(run)) world.signals.emit("cancelled", run.id);
  return runsOf(world).get(run.id)!;
}

function retryRun(world: World, run: Run): Run {
  const retry = retryOf(world, run);
  if (!retry.possible) throw new Refused(400, `Run ${run.id} cannot be retried: ${retry.reason}`);
  const job = jobIn(world, { job: String(run.job_definition_id) });
  return queueRun(world, job, {
    trigger: { ...run.trigger, cause: `Retry of run ${run.id}`, cause_category: "rerun" },
    retry: { run, commands: commandsOf(retry, run) },
  });
}

type Filter = (run: Run) => boolean;

function matches(query: RawQuery): Filter {
  const filters = [ofThings(query), withIds(query), withState(query), withFlags(query), withTimes(query)];
  return (run) => filters.every((filter) => filter(run));
}

function ofThings(query: RawQuery): Filter {
  const jobId = number(query, "job_definition_id");
  const environmentId = number(query, "environment_id");
  const projectIds = numbers(query, "project_id__in") ?? numbers(query, "project_id");
  const versions = listed(query, "dbt_version");
  return (run) =>
    (jobId === undefined || run.job_definition_id === jobId) &&
    (environmentId === undefined || run.environment_id === environmentId) &&
    (projectIds === undefined || projectIds.includes(run.project_id)) &&
    (versions === undefined || versions.includes(run.dbt_version));
}

function withIds(query: RawQuery): Filter {
  const ids = numbers(query, "pk__in") ?? numbers(query, "pk");
  const after = number(query, "id__gt");
  const triggerId = number(query, "trigger_id");
  const deferringId = number(query, "deferring_run_id");
  return (run) =>
    (ids === undefined || ids.includes(run.id)) &&
    (after === undefined || run.id > after) &&
    (triggerId === undefined || run.id === triggerId) &&
    (deferringId === undefined || run.deferring_run_id === deferringId);
}

/** Runs are never deleted, so that the filter by state finds all of them or none. */
function withState(query: RawQuery): Filter {
  const statuses = numbers(query, "status__in") ?? numbers(query, "status");
  const visible = stateFilter(query, "all")({ state: 1 });
  return (run) => visible && (statuses === undefined || statuses.includes(run.status));
}

function withFlags(query: RawQuery): Filter {
  const docs = flag(query, "has_docs_generated");
  const sources = flag(query, "has_sources_generated");
  const pullRequest = number(query, "pull_request_id");
  return ({ has_docs_generated, has_sources_generated, trigger }) =>
    (docs === undefined || has_docs_generated === docs) &&
    (sources === undefined || has_sources_generated === sources) &&
    (pullRequest === undefined || trigger.github_pull_request_id === pullRequest);
}

function withTimes(query: RawQuery): Filter {
  const created = range(query, "created_at__range");
  const finished = range(query, "finished_at__range");
  return (run) => created(run.created_at) && finished(run.finished_at);
}

function range(query: RawQuery, name: string): (time: string | null) => boolean {
  if (text(query, name) === undefined) return () => true;
  const [from, to] = words(query, name).map(timeOf);
  return (time) => time !== null && timeOf(time) >= (from ?? -Infinity) && timeOf(time) <= (to ?? Infinity);
}

function listed(query: RawQuery, name: string): string[] | undefined {
  const found = [`${name}__in`, name].find((spelling) => query[spelling] !== undefined);
  return found === undefined ? undefined : words(query, found);
}
