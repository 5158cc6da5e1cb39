import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import {
  all,
  contains,
  flag,
  given,
  number,
  numbers,
  text,
  words,
  wordsIf,
  type Filter,
  type RawQuery,
} from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { removeJob } from "../removal";
import { jobAnswer } from "./answer";
import { changedJob, jobBody, jobFields, jobIn, jobsOf, type Job } from "./jobs";
import { refuseJob } from "./validation";

const JOBS = "/api/v2/accounts/:account/jobs/";

/** Jobs. Some clients update a whole job and others only some fields, so an update is merged with the stored job. */
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
    const body = changedJob(before, request.body);
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
