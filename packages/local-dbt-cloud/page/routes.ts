import type { FastifyReply } from "fastify";
import { idIn } from "../http/query";
import { notFound } from "../http/refused";
import { storedJobIn } from "../resources/jobs/jobs";
import { runIn } from "../resources/runs/runs";
import type { Routes } from "../world";
import type { Html } from "./html";
import { jobPage } from "./job";
import { layout } from "./layout";
import { jobLocation, runLocation } from "./links";
import { overview } from "./overview";
import { runPage } from "./run";

/** The pages need no token, because they only read. */
const PUBLIC = { config: { isPublic: true } } as const;

/** The path of jobs and runs in dbt Cloud. The API answers it as a run's `href`. */
const DEPLOY = "/deploy/:account/projects/:project";

/** Read-only pages: all jobs and recent runs, a job with its runs, and a run with its steps and logs. */
export const pageRoutes: Routes = (app, world) => {
  app.get("/", PUBLIC, (_request, reply) => send(reply, "Local dbt Cloud", overview(world)));
  app.get("/jobs/:job/", PUBLIC, (request, reply) => {
    const job = storedJobIn(world, request.params);
    return send(reply, job.name, jobPage(world, job));
  });
  app.get("/runs/:run/", PUBLIC, (request, reply) => {
    const run = runIn(world, request.params);
    return send(reply, `Run ${run.id}`, runPage(world, run));
  });
  app.get(`${DEPLOY}/jobs/:job/`, PUBLIC, (request, reply) => {
    const job = storedJobIn(world, request.params);
    requireSamePlace(request.params, job);
    return reply.redirect(jobLocation(job));
  });
  app.get(`${DEPLOY}/runs/:run/`, PUBLIC, (request, reply) => {
    const run = runIn(world, request.params);
    requireSamePlace(request.params, run);
    return reply.redirect(runLocation(run));
  });
};

function send(reply: FastifyReply, title: string, content: Html): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .send(layout(title, content));
}

/** @throws Refused with 404 when a path names another account or project than that of the job or run */
function requireSamePlace(
  params: unknown,
  { account_id, project_id }: { readonly account_id: number; readonly project_id: number },
): void {
  if (idIn(params, "account") === account_id && idIn(params, "project") === project_id) return;
  throw notFound("it is in another account or project");
}
