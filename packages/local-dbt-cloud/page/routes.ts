import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply } from "fastify";
import { idIn, type RawQuery } from "../http/query";
import { notFound } from "../http/refused";
import { storedJobIn } from "../resources/jobs/jobs";
import { filesBelow, runFolder } from "../resources/runs/files";
import { runIn } from "../resources/runs/runs";
import type { Routes } from "../world";
import type { Html } from "./html";
import { jobPage } from "./job";
import { layout } from "./layout";
import { jobLocation, runLocation } from "./links";
import { overview } from "./overview";
import { logEventRoutes } from "./log-events";
import { runPage } from "./run";
import { POLICY, SCRIPT_POLICY } from "./script";
import { weekPage } from "./week";

/** The pages need no token, because they only read. */
const PUBLIC = { config: { isPublic: true } } as const;

/** The path of jobs and runs in dbt Cloud. The API answers it as a run's `href`. */
const DEPLOY = "/deploy/:account/projects/:project";

/** Read-only pages: all jobs and recent runs, the week, a job with its runs, and a run with its steps, logs and artifacts. */
export const pageRoutes: Routes = (app, world) => {
  app.get("/", PUBLIC, (request, reply) =>
    send(reply, "Local dbt Cloud", overview(world, (request.query as RawQuery)["q"]?.toString() ?? "")),
  );
  app.get("/week/", PUBLIC, (_request, reply) => send(reply, "Week", weekPage(world)));
  app.get("/runs/:run/artifacts/:step/*", PUBLIC, (request, reply) => {
    const run = runIn(world, request.params);
    const name = (request.params as Readonly<Record<string, string>>)["*"]!;
    const folder = world.runsFolder && runFolder(world.runsFolder, run.id).artifacts(idIn(request.params, "step"));
    // The name is compared with the existing files, so no spelling of it leads out of the folder.
    if (!folder || !filesBelow(folder).includes(name)) throw notFound(`artifact ${name} of run ${run.id}`);
    return reply
      .type("text/plain; charset=utf-8")
      .header("content-security-policy", "default-src 'none'")
      .header("x-content-type-options", "nosniff")
      .send(readFileSync(join(folder, name)));
  });
  logEventRoutes(app, world);
  app.get("/jobs/:job/", PUBLIC, (request, reply) => {
    const job = storedJobIn(world, request.params);
    return send(reply, job.name, jobPage(world, job), true);
  });
  app.get("/runs/:run/", PUBLIC, (request, reply) => {
    const run = runIn(world, request.params);
    return send(reply, `Run ${run.id}`, runPage(world, run), true);
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

function send(reply: FastifyReply, title: string, content: Html, hasScript = false): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", hasScript ? SCRIPT_POLICY : POLICY)
    .send(layout(title, content, hasScript));
}

/** @throws Refused with 404 when a path names another account or project than that of the job or run */
function requireSamePlace(
  params: unknown,
  { account_id, project_id }: { readonly account_id: number; readonly project_id: number },
): void {
  if (idIn(params, "account") === account_id && idIn(params, "project") === project_id) return;
  throw notFound("it is in another account or project");
}
