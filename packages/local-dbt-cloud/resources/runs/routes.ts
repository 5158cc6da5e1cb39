import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, flag, given, number, numbers, words, wordsIf, type Filter, type RawQuery } from "../../http/query";
import { Refused } from "../../http/refused";
import type { Routes } from "../../world";
import { jobIn } from "../jobs/jobs";
import { runAnswerWithJob } from "./answer-with-job";
import { stepAnswer } from "./answer";
import { timeOf } from "./durations";
import { cancelRun } from "./ending";
import { newestRun } from "./groups";
import { retryOf, retryRun } from "./retry";
import { queueRun, runIn, runsOf, stepIn, triggerBody, type Run } from "./runs";

const RUNS = "/api/v2/accounts/:account/runs/";
const JOB = "/api/v2/accounts/:account/jobs/:job/";

/** Runs and their steps. A run starts through its job. Lists are for the whole account. */
export const runRoutes: Routes = (app, world) => {
  app.post(`${JOB}run/`, (request) => {
    const job = jobIn(world, request.params);
    const body = parseBody(triggerBody, request.body);
    return single(
      runAnswerWithJob(world, queueRun(world, job, { trigger: { ...body, cause_category: "api" } }), ["trigger"]),
    );
  });

  app.post(`${JOB}rerun/`, (request) => {
    const job = jobIn(world, request.params);
    const newest = newestRun(world, job.id);
    const retried = newest && retryOf(world, newest).possible ? retryRun(world, newest) : undefined;
    const cause = { cause: "Run again", cause_category: "rerun" } as const;
    return single(runAnswerWithJob(world, retried ?? queueRun(world, job, { trigger: cause }), ["trigger"]));
  });

  app.get(RUNS, (request) => {
    const query = request.query as RawQuery;
    const related = words(query, "include_related");
    const rows = runsOf(world).all().filter(matches(query));
    const { data, ...envelope } = paged(rows, query, ["created_at", "finished_at"]);
    return { ...envelope, data: data.map((run) => runAnswerWithJob(world, run, related)) };
  });

  app.get(`${RUNS}:run/`, (request) => {
    const related = words(request.query as RawQuery, "include_related");
    return single(runAnswerWithJob(world, runIn(world, request.params), related));
  });

  app.post(`${RUNS}:run/cancel/`, (request) => {
    const run = runIn(world, request.params);
    return single(runAnswerWithJob(world, cancelRun(world, run), ["trigger"]));
  });

  app.get(`${RUNS}:run/retry/`, (request) => {
    const run = runIn(world, request.params);
    const retry = retryOf(world, run);
    if (!retry.possible) throw new Refused(404, `Run ${run.id} cannot be retried: ${retry.reason}`);
    return single({ failed_step: retry.failed.name, skipped_steps: retry.skipped.map(({ name }) => name) });
  });

  app.post(`${RUNS}:run/retry/`, (request) =>
    single(runAnswerWithJob(world, retryRun(world, runIn(world, request.params)), ["trigger"])),
  );

  app.get("/api/v2/accounts/:account/steps/:step/", (request) => {
    const step = stepIn(world, request.params);
    return single(stepAnswer(world, step, words(request.query as RawQuery, "include_related").includes("debug_logs")));
  });
};

function matches(query: RawQuery): Filter<Run> {
  const isVisible = stateFilter(query, "all")({ state: 1 });
  return all<Run>(
    // Runs are never deleted, so the filter by state lists all runs or none.
    () => isVisible,
    given(number(query, "job_definition_id"), (id, run) => run.job_definition_id === id),
    given(number(query, "environment_id"), (id, run) => run.environment_id === id),
    given(numbers(query, "project_id__in") ?? numbers(query, "project_id"), (ids, run) => ids.includes(run.project_id)),
    given(wordsIf(query, "dbt_version__in") ?? wordsIf(query, "dbt_version"), (versions, run) =>
      versions.includes(run.dbt_version),
    ),
    given(numbers(query, "pk__in") ?? numbers(query, "pk"), (ids, run) => ids.includes(run.id)),
    given(number(query, "id__gt"), (id, run) => run.id > id),
    given(number(query, "trigger_id"), (id, run) => run.id === id),
    given(number(query, "deferring_run_id"), (id, run) => run.deferring_run_id === id),
    given(numbers(query, "status__in") ?? numbers(query, "status"), (statuses, run) => statuses.includes(run.status)),
    given(flag(query, "has_docs_generated"), (docs, run) => run.has_docs_generated === docs),
    given(flag(query, "has_sources_generated"), (sources, run) => run.has_sources_generated === sources),
    given(number(query, "pull_request_id"), (id, { trigger }) => trigger.github_pull_request_id === id),
    given(wordsIf(query, "created_at__range"), (range, run) => isWithin(range, run.created_at)),
    given(wordsIf(query, "finished_at__range"), (range, run) => isWithin(range, run.finished_at)),
  );
}

/** Whether a time is in a range of two times, both included. A missing end is open. */
function isWithin([from, to]: readonly string[], time: string | null): boolean {
  if (time === null) return false;
  const isAfter = from === undefined || timeOf(time) >= timeOf(from);
  return isAfter && (to === undefined || timeOf(time) <= timeOf(to));
}
