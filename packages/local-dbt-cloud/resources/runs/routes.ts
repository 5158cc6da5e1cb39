import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { above, among, flagged, listedAs, type Listing } from "../../http/filters";
import { words, type RawQuery } from "../../http/query";
import { Refused } from "../../http/refused";
import type { Routes } from "../../world";
import { jobIn } from "../jobs/jobs";
import { visible } from "../permissions/enforcement";
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
    const rows = visible(request, runsOf(world).list(), (run) => run.project_id);
    return listedAs(rows, query, (run) => runAnswerWithJob(world, run, related), LISTING);
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

const LISTING: Listing<Run> = {
  sortable: ["created_at", "finished_at"],
  states: "all",
  filters: {
    pk: among((run) => run.id),
    pk__in: among((run) => run.id),
    id__gt: above((run) => run.id),
    trigger_id: among((run) => run.id),
    job_definition_id: among((run) => run.job_definition_id),
    environment_id: among((run) => run.environment_id),
    project_id: among((run) => run.project_id),
    project_id__in: among((run) => run.project_id),
    dbt_version: among((run) => run.dbt_version),
    dbt_version__in: among((run) => run.dbt_version),
    deferring_run_id: among((run) => run.deferring_run_id),
    status: among((run) => run.status),
    status__in: among((run) => run.status),
    has_docs_generated: flagged((run) => run.has_docs_generated),
    has_sources_generated: flagged((run) => run.has_sources_generated),
    pull_request_id: among((run) => run.trigger.github_pull_request_id),
    created_at__range: (run, range) => isWithin(range, run.created_at),
    finished_at__range: (run, range) => isWithin(range, run.finished_at),
  },
};

/** Whether a time is in a range of two times, both included. A missing end is open. */
function isWithin([from, to]: readonly string[], time: string | null): boolean {
  if (time === null) return false;
  const isAfter = from === undefined || timeOf(time) >= timeOf(from);
  return isAfter && (to === undefined || timeOf(time) <= timeOf(to));
}
