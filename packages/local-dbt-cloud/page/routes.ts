import type { FastifyReply } from "fastify";
import { readLog, runFolder } from "../things/runs/files";
import { idIn } from "../http/query";
import { notFound, Refused } from "../http/refused";
import { environmentsOf } from "../things/environments/environments";
import { jobsOf, type Job } from "../things/jobs/jobs";
import { nextRun } from "../things/jobs/schedule";
import { runsOf, stepsOfRun, type Run, type RunStep } from "../things/runs/runs";
import { clockDuration, secondsBetween, statusFields } from "../things/runs/words";
import type { Routes, World } from "../world";
import { html, type Html } from "./html";
import { layout } from "./layout";

const RECENT = 50;
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** Pages for people: jobs and recent runs, and a run with its steps and logs. They show, and change nothing. */
export const pageRoutes: Routes = (app, world) => {
  app.addHook("onRequest", (request, _reply, done) => {
    // A page of another site may point its own name at this machine; only loopback names are answered.
    const known = request.url.startsWith("/api/") || LOOPBACK.test(request.headers.host ?? "");
    done(known ? undefined : new Refused(403, "This server answers to loopback names only"));
  });
  app.get("/", (_request, reply) => send(reply, "Local dbt Cloud", overview(world)));
  app.get("/runs/:run/", (request, reply) => {
    const id = idIn(request.params, "run");
    const run = runsOf(world).get(id);
    if (!run) throw notFound(`run ${id}`);
    return send(reply, `Run ${id}`, runPage(world, run));
  });
};

function send(reply: FastifyReply, title: string, content: Html): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
    .send(layout(title, content));
}

function overview(world: World): Html {
  const jobs = jobsOf(world)
    .all()
    .filter(({ state }) => state === 1);
  const runs = runsOf(world).all().slice(-RECENT).reverse();
  return html`<h1>Local dbt Cloud</h1>
    <p>Account ${world.accountId}. Times are UTC.</p>
    <h2>Jobs (${jobs.length})</h2>
    ${jobs.length === 0 ? html`<p>There is no job yet.</p>` : jobTable(world, jobs)}
    <h2>Recent runs</h2>
    ${runs.length === 0 ? html`<p>No job has run yet.</p>` : runTable(world, runs)}`;
}

function jobTable(world: World, jobs: readonly Job[]): Html {
  const newest = new Map(
    runsOf(world)
      .all()
      .map((run) => [run.job_definition_id, run]),
  );
  const rows = jobs.map((job) => {
    const next = job.triggers.schedule ? nextRun(job.schedule, world.now()) : null;
    const run = newest.get(job.id);
    return html`<tr>
      <td>${job.id}</td>
      <td>${job.name}</td>
      <td>${environmentsOf(world).get(job.environment_id)?.name}</td>
      <td>${next ? minute(next.toISOString()) : "on demand"}</td>
      <td>${run ? runLink(run) : "–"}</td>
      <td>${job.execute_steps.map((step) => html`<code>${step}</code><br />`)}</td>
    </tr>`;
  });
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>Id</th>
          <th>Job</th>
          <th>Environment</th>
          <th>Next run</th>
          <th>Last run</th>
          <th>Steps</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function runTable(world: World, runs: readonly Run[]): Html {
  const rows = runs.map(
    (run) =>
      html`<tr>
        <td>${runLink(run)}</td>
        <td>${jobsOf(world).get(run.job_definition_id)?.name}</td>
        <td>${run.trigger.cause}</td>
        <td>${minute(run.created_at)}</td>
        <td>${duration(world, run)}</td>
        <td>${run.status_message}</td>
      </tr>`,
  );
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>Run</th>
          <th>Job</th>
          <th>Cause</th>
          <th>Created</th>
          <th>Duration</th>
          <th>Message</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function runPage(world: World, run: Run): Html {
  const steps = stepsOfRun(world, run);
  return html`<p><a href="/">Local dbt Cloud</a></p>
    <h1>Run ${run.id} of ${jobsOf(world).get(run.job_definition_id)?.name}: ${statusText(run)}</h1>
    <p>
      ${run.trigger.cause}. Branch ${run.git_branch ?? "unknown"}, commit ${run.git_sha?.slice(0, 8) ?? "unknown"}.
      Created ${minute(run.created_at)} UTC, took ${duration(world, run)}.
    </p>
    <p>${run.status_message}</p>
    ${steps.map((step) => stepSection(world, step))}`;
}

function stepSection(world: World, step: RunStep): Html {
  const folder = world.runner && runFolder(world.runner.folder, step.run_id);
  const note = step.selected_nothing ? html`<p class="Cancelled">This step selected nothing.</p>` : html``;
  return html`<h2>${step.index}. ${step.name}: ${statusText(step)}</h2>
    <p>took ${duration(world, step)}</p>
    ${note}
    <pre>${folder ? readLog(folder.log(step.index)) : "There is no log."}</pre>`;
}

function runLink(run: Run): Html {
  return html`<a href="/runs/${run.id}/">${run.id}</a> ${statusText(run)}`;
}

function statusText({ status }: Pick<Run, "status">): Html {
  const word = String(statusFields(status)["status_humanized"]);
  return html`<span class="${word}">${word}</span>`;
}

function duration(world: World, { started_at, finished_at }: Pick<Run, "started_at" | "finished_at">): string {
  return clockDuration(secondsBetween(started_at, finished_at, world.now()));
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
