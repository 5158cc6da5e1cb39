import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply } from "fastify";
import { single } from "../../http/envelope";
import { number, type RawQuery } from "../../http/query";
import { notFound } from "../../http/refused";
import type { Routes, World } from "../../world";
import { jobIn } from "../jobs/jobs";
import { runsOfJob } from "./groups";
import { filesBelow, runFolder } from "./files";
import { inProgress, runIn, type Run } from "./runs";

const ARTIFACTS = "/api/v2/accounts/:account/runs/:run/artifacts/";

/** The files that dbt wrote: by run, and the newest ones of a job. */
export const artifactRoutes: Routes = (app, world) => {
  app.get(ARTIFACTS, (request) => {
    const run = runIn(world, request.params);
    return single(filesBelow(artifactsOf(world, run, request.query as RawQuery)));
  });

  app.get(`${ARTIFACTS}*`, (request, reply) => {
    const run = runIn(world, request.params);
    const name = nameIn(request.params);
    const folder = artifactsOf(world, run, request.query as RawQuery);
    if (!holds(folder, name)) throw notFound(`artifact ${name} of run ${run.id}`);
    return sendFile(reply, folder, name);
  });

  app.get("/api/v2/accounts/:account/jobs/:job/artifacts/*", (request, reply) => {
    const job = jobIn(world, request.params);
    const name = nameIn(request.params);
    const folder = newestWith(world, job.id, name);
    if (folder === undefined) throw notFound(`artifact ${name} of job ${job.id}`);
    return sendFile(reply, folder, name);
  });
};

/** The artifacts after a step: the step of the query, or the last step with artifacts. */
function artifactsOf(world: World, run: Run, query: RawQuery): string | undefined {
  if (world.runsFolder === undefined) return undefined;
  const folder = runFolder(world.runsFolder, run.id);
  const step = number(query, "step");
  if (step !== undefined) return folder.artifacts(step);
  const steps = run.step_ids.map((_id, i) => folder.artifacts(i + 1));
  return steps.findLast((candidate) => filesBelow(candidate).length > 0);
}

/** The artifacts of a job's newest run that has a file with this name. */
function newestWith(world: World, jobId: number, name: string): string | undefined {
  for (const run of [...runsOfJob(world, jobId)].reverse()) {
    if (inProgress(run)) continue;
    const folder = artifactsOf(world, run, {});
    if (holds(folder, name)) return folder;
  }
  return undefined;
}

/** Compares the name with the existing files, so that no spelling of it leads out of the folder. */
function holds(folder: string | undefined, name: string): folder is string {
  return folder !== undefined && filesBelow(folder).includes(name);
}

function nameIn(params: unknown): string {
  return (params as Readonly<Record<string, string>>)["*"] ?? "";
}

function sendFile(reply: FastifyReply, folder: string, name: string): FastifyReply {
  const type = name.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8";
  return reply.type(type).send(readFileSync(join(folder, name)));
}
