import type { FastifyReply } from "fastify";
import { idIn } from "../http/query";
import { notFound } from "../http/refused";
import { jobsOf, type Job } from "../resources/jobs/jobs";
import { runIn } from "../resources/runs/routes";
import type { Routes, World } from "../world";
import type { Html } from "./html";
import { jobPage } from "./job";
import { layout } from "./layout";
import { jobLocation, runLocation } from "./links";
import { overview } from "./overview";
import { runPage } from "./run";

/** A page is open to everybody on this machine: it only reads. */
const PUBLIC = { config: { isPublic: true } } as const;

/** The places of jobs and runs in dbt Cloud, which is what the API answers as a run's `href`. */
const DEPLOY = "/deploy/:account/projects/:project";

/** Pages for people: jobs and recent runs, a job with its runs, a run with its steps and logs. They show, and change nothing. */
export const pageRoutes: Routes = (app, world) => {
  app.get("/", PUBLIC, (_request, reply) => send(reply, "Local dbt Cloud", overview(world)));
  app.get("/jobs/:job/", PUBLIC, (request, reply) => {
    const job = everJobIn(world, request.params);
    return send(reply, job.name, jobPage(world, job));
  });
  app.get("/runs/:run/", PUBLIC, (request, reply) => {
    const run = runIn(world, request.params);
    return send(reply, `Run ${run.id}`, runPage(world, run));
  });
  app.get(`${DEPLOY}/jobs/:job/`, PUBLIC, (request, reply) => {
    const job = everJobIn(world, request.params);
    refuseElsewhere(request.params, job);
    return reply.redirect(jobLocation(job));
  });
  app.get(`${DEPLOY}/runs/:run/`, PUBLIC, (request, reply) => {
    const run = runIn(world, request.params);
    refuseElsewhere(request.params, run);
    return reply.redirect(runLocation(run));
  });
};

function send(reply: FastifyReply, title: string, content: Html): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .send(layout(title, content));
}

/** The job that a path names, also when it was deleted: its runs still tell of it. */
function everJobIn(world: World, params: unknown): Job {
  const id = idIn(params, "job");
  const job = jobsOf(world).get(id);
  if (!job) throw notFound(`job ${id}`);
  return job;
}

/** Refuses the address of another account or project. */
function refuseElsewhere(params: unknown, thing: { readonly account_id: number; readonly project_id: number }): void {
  const isHere = idIn(params, "account") === thing.account_id && idIn(params, "project") === thing.project_id;
  if (!isHere) throw notFound("it is in another account or project");
}
