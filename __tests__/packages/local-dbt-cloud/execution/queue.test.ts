import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { V2, V3 } from "../../../support/local-dbt-cloud";
import { FakeProject, localRuns, type LocalRuns, type RunAnswer } from "../../../support/local-runs";

let project: FakeProject;
let cloud: LocalRuns;
beforeEach(() => {
  project = new FakeProject();
  cloud = localRuns(project.folder);
});
afterEach(async () => {
  await cloud.close();
  project.close();
});

/** Runs steps to their end. */
async function runSteps(steps: readonly string[], job: object = {}, trigger: object = {}): Promise<RunAnswer> {
  const id = await cloud.trigger(await cloud.addJob(steps, job), trigger);
  await cloud.queue.idle();
  return cloud.run(id);
}

/** The part of a run's steps that a test compares. */
function outcome(run: RunAnswer): string[] {
  return run.run_steps.map((step) => `${step.index} ${step.name}: ${step.status_humanized}`);
}

const FIRST = [
  "1 Clone git repository: Success",
  "2 Create profile from connection DuckDB: Success",
  "3 Invoke dbt with `dbt deps`: Success",
];

describe("a run", () => {
  it("executes the job's steps in order, after the three steps that dbt Cloud adds", async () => {
    const run = await runSteps(["dbt build --select a", "dbt test"]);
    expect(outcome(run)).toEqual([
      ...FIRST,
      "4 Invoke dbt with `dbt build --select a`: Success",
      "5 Invoke dbt with `dbt test`: Success",
    ]);
    expect(project.calls().map(({ args }) => args)).toEqual([["build", "--select", "a"], ["test"]]);
    expect(run).toMatchObject({ status: 10, status_humanized: "Success", is_success: true, is_complete: true });
    expect(run).toMatchObject({ in_progress: false, status_message: null, artifacts_saved: true });
    expect(run.run_steps[3]!.logs).toBe("ran build --select a\n");
  });

  it("names the files that it uses in the first step's log", async () => {
    const { run_steps } = await runSteps(["dbt build"]);
    expect(run_steps[0]!.logs).toBe(`Project: ${project.folder}, the working tree (the environment names no branch)\n`);
  });

  it("logs that it does not use the environment's branch", async () => {
    const { run_steps } = await runSteps(["dbt build"], { environment_id: 302 });
    expect(run_steps[0]!.logs).toBe(
      `Project: ${project.folder}, the working tree (it is no git repository; dbt Cloud would use the branch production)\n`,
    );
  });

  it("uses the environment's branch or the branch in the trigger, not the working tree", async () => {
    project.commitOn("production");
    project.commitOn("main");
    const scheduled = await runSteps(["dbt build"], { environment_id: 302 });
    const asked = await runSteps(["dbt build"], { environment_id: 999 }, { git_branch: "production" });
    const checkout = (run: RunAnswer): string => join(cloud.folder, "runs", String(run.id), "checkout");
    expect(project.calls().map(({ cwd }) => cwd)).toEqual([checkout(scheduled), checkout(asked)]);
    expect(scheduled.run_steps[0]!.logs).toMatch(
      /^Project: \S+\/checkout, production at \w{7} \(the environment's branch\)/,
    );
    expect(asked).toMatchObject({
      status: 10,
      git_branch: "production",
      git_sha: expect.stringMatching(/^\w{40}$/) as string,
    });
    expect(existsSync(checkout(asked))).toBe(false);
  });

  it("fails if the branch in the trigger does not exist", async () => {
    const run = await runSteps(["dbt build"], {}, { git_branch: "feature" });
    expect(run.status).toBe(20);
    expect(run.run_steps[0]!.logs).toBe(
      `${project.folder} is no git repository, so that feature cannot be checked out\n`,
    );
  });

  it("ends at the first step that fails", async () => {
    const run = await runSteps(["dbt build fail", "dbt test"]);
    expect(outcome(run).slice(3)).toEqual([
      "4 Invoke dbt with `dbt build fail`: Error",
      "5 Invoke dbt with `dbt test`: Cancelled",
    ]);
    expect(run).toMatchObject({ status: 20, is_error: true });
    expect(run.status_message).toBe("Step 4, Invoke dbt with `dbt build fail`: dbt build failed with exit code 1");
    expect(run.run_steps[4]!.logs).toBe("Skipped: a step before it failed\n");
  });

  it("fails on a source check that is a step, not on one from the job's settings", async () => {
    project.makeStale();
    const strict = await runSteps(["dbt source freshness", "dbt build"]);
    expect(strict.status).toBe(20);
    const lenient = await runSteps(["dbt build"], { run_generate_sources: true, generate_docs: true });
    expect(outcome(lenient).slice(3)).toEqual([
      "4 Invoke dbt with `dbt source freshness`: Error",
      "5 Invoke dbt with `dbt build`: Success",
      "6 Invoke dbt with `dbt docs generate`: Success",
    ]);
    expect(lenient).toMatchObject({ status: 10, has_docs_generated: true, has_sources_generated: false });
  });

  it("refuses a step that is not a dbt command, in the step's log", async () => {
    const run = await runSteps(["curl http://127.0.0.1/"]);
    expect(run.status).toBe(20);
    expect(run.run_steps[3]!.logs).toBe("`curl http://127.0.0.1/` is not run: it is not a dbt command.\n");
    expect(existsSync(join(project.folder, ".venv", "bin", "calls"))).toBe(false);
  });

  it("marks a step that selects nothing", async () => {
    const run = await runSteps(["dbt build --select nothing", "dbt source freshness nothing", "dbt test"]);
    expect(run.status).toBe(10);
    expect(run.run_steps.map((step) => step.selected_nothing)).toEqual([false, false, false, true, true, false]);
    expect(run.run_steps[3]!.logs).toContain("This step selected nothing");
    expect(run.status_message).toBe(
      "Step 4 selected nothing: dbt build --select nothing\nStep 5 selected nothing: dbt source freshness nothing",
    );
  });

  it("prints the fix if there is no dbt", async () => {
    rmSync(join(project.folder, ".venv", "bin", "dbt"));
    await cloud.close();
    cloud = localRuns(project.folder, { machine: { PATH: project.folder } });
    const run = await runSteps(["dbt build"]);
    expect(run.status).toBe(20);
    expect(run.status_message).toContain("Run `npm run python:setup`");
  });

  it("uses the trigger's overrides", async () => {
    const overrides = {
      steps_override: ["dbt run"],
      schema_override: "mine",
      threads_override: 7,
      target_name_override: "ci",
      generate_docs_override: true,
    };
    const run = await runSteps(["dbt build"], {}, overrides);
    expect(outcome(run).slice(3)).toEqual([
      "4 Invoke dbt with `dbt run`: Success",
      "5 Invoke dbt with `dbt docs generate`: Success",
    ]);
    expect(run.trigger).toMatchObject({ ...overrides, cause: "test", cause_category: "api" });
    const profile = readFileSync(join(cloud.folder, "runs", String(run.id), "profile", "profiles.yml"), "utf8");
    expect(JSON.parse(profile)).toEqual({
      fake_profile: {
        target: "ci",
        outputs: {
          ci: {
            type: "duckdb",
            path: join(cloud.folder, "warehouse", "999.duckdb"),
            schema: "mine",
            threads: 7,
            attach: [],
          },
        },
      },
    });
  });

  it("passes only PATH, HOME and LANG of the machine's environment to dbt", async () => {
    await runSteps(["dbt build"], { name: "clean" });
    const [call] = project.calls();
    expect(Object.keys(call!.env).filter((name) => !name.startsWith("DBT_"))).toEqual([
      "PATH",
      "HOME",
      "PYTHONUNBUFFERED",
    ]);
    expect(call!.env).toMatchObject({
      DBT_CLOUD_RUN_ID: "1",
      DBT_CLOUD_ENVIRONMENT_NAME: "terraform-dev",
      DBT_ENV_CUSTOM_ENV_DBT_CLOUD_RUN_ID: "1",
    });
  });

  it("does not show a secret in logs and artifacts", async () => {
    const secret = 'hush "quoted" value';
    await cloud.send("POST", `${V3}/projects/102/environment-variables/bulk/`, {
      env_var: { new_name: "DBT_ENV_SECRET_KEY", project: secret },
    });
    const run = await runSteps(["dbt build print:DBT_ENV_SECRET_KEY"]);
    expect(project.calls()[0]!.env["DBT_ENV_SECRET_KEY"]).toBe(secret);
    expect(run.run_steps[3]!.logs).toMatch(/^\*{5}\nran build/);
    const sql = await cloud.send("GET", `${V2}/runs/${run.id}/artifacts/compiled/p/a.sql`);
    expect(sql.text).toBe("select '*****'");
    const whole = await cloud.send("GET", `${V2}/runs/${run.id}/?include_related=run_steps,debug_logs,trigger,job`);
    expect(whole.text).not.toContain("hush");
    expect((whole.body.data as RunAnswer).run_steps[3]!.debug_logs).toContain("debug of build");
  });
});

describe("the processes of a run", () => {
  it("end with a cancellation, also processes that dbt started", async () => {
    const id = await cloud.trigger(await cloud.addJob(["dbt build hold", "dbt test"]));
    const held = await project.nextHeld();
    expect(await cloud.run(id)).toMatchObject({ status: 3, is_running: true, in_progress: true });
    expect((await cloud.post(`runs/${id}/cancel/`)).id).toBe(id);
    await cloud.queue.idle();
    await held.ended;
    const run = await cloud.run(id);
    expect(run).toMatchObject({ status: 30, is_cancelled: true, status_message: "Cancelled by request" });
    expect(outcome(run).slice(3)).toEqual([
      "4 Invoke dbt with `dbt build hold`: Cancelled",
      "5 Invoke dbt with `dbt test`: Cancelled",
    ]);
  });

  it("end with the job's timeout", async () => {
    const id = await cloud.trigger(await cloud.addJob(["dbt build hold"]), { timeout_seconds_override: 1 });
    const held = await project.nextHeld();
    await held.ended;
    await cloud.queue.idle();
    const run = await cloud.run(id);
    expect(run.status).toBe(30);
    expect(run.status_message).toBe("Cancelled: it took longer than the job's timeout of 1 seconds");
  });

  it("end with the program", async () => {
    const id = await cloud.trigger(await cloud.addJob(["dbt build hold"]));
    const held = await project.nextHeld();
    await cloud.queue.close();
    await held.ended;
    expect(await cloud.run(id)).toMatchObject({ status: 30, status_message: "The local dbt Cloud was stopped" });
  });
});

describe("the queue", () => {
  it("runs one at a time in an environment, and environments in parallel", async () => {
    const here = await cloud.addJob(["dbt build hold"]);
    const there = await cloud.addJob(["dbt build hold"], { environment_id: 202 });
    const first = await cloud.trigger(here);
    const second = await cloud.trigger(here);
    const other = await cloud.trigger(there);
    const held = [await project.nextHeld(), await project.nextHeld()];
    expect((await cloud.run(first)).status).toBe(3);
    expect((await cloud.run(other)).status).toBe(3);
    expect(await cloud.run(second)).toMatchObject({ status: 1, status_humanized: "Queued", blocked_by: [first] });
    for (const call of held) call.release();
    (await project.nextHeld()).release();
    await cloud.queue.idle();
    expect([(await cloud.run(first)).status, (await cloud.run(second)).status]).toEqual([10, 10]);
  });

  it("can cancel a waiting run", async () => {
    const job = await cloud.addJob(["dbt build hold"]);
    await cloud.trigger(job);
    const waiting = await cloud.trigger(job);
    const held = await project.nextHeld();
    await cloud.post(`runs/${waiting}/cancel/`);
    held.release();
    await cloud.queue.idle();
    expect(await cloud.run(waiting)).toMatchObject({ status: 30, run_steps: [] });
    expect(project.calls()).toHaveLength(1);
  });

  it("starts the jobs that run after another job, if its result matches", async () => {
    const first = await cloud.addJob(["dbt build fail"]);
    const after = (statuses: number[]): object => ({
      job_completion_trigger_condition: { condition: { job_id: first, project_id: 102, statuses } },
    });
    const onError = await cloud.addJob(["dbt test"], after([20, 30]));
    await cloud.addJob(["dbt snapshot"], after([10]));
    await cloud.trigger(first);
    await cloud.queue.idle();
    const runs = await cloud.list("include_related=trigger&order_by=-id");
    expect(runs).toHaveLength(2);
    expect(runs[0]).toMatchObject({ job_definition_id: onError, status: 10 });
    expect(runs[0]!.trigger).toMatchObject({
      cause: `Triggered by the end of run 1 of job ${first}`,
      cause_category: "job completion",
    });
  });

  it("also starts them after a run that was canceled in the queue", async () => {
    const first = await cloud.addJob(["dbt build hold"]);
    const condition = { condition: { job_id: first, project_id: 102, statuses: [30] } };
    const next = await cloud.addJob(["dbt test"], { environment_id: 202, job_completion_trigger_condition: condition });
    await cloud.trigger(first);
    const waiting = await cloud.trigger(first);
    const held = await project.nextHeld();
    expect((await cloud.post(`runs/${waiting}/cancel/`)).status).toBe(30);
    held.release();
    await cloud.queue.idle();
    expect(await cloud.list(`job_definition_id=${next}`)).toMatchObject([{ status: 10 }]);
  });
});

describe("a retry", () => {
  it("continues with the failed step and the skipped ones", async () => {
    const failed = await runSteps(["dbt seed", "dbt build fail", "dbt test"], { generate_docs: true });
    expect(failed).toMatchObject({ can_retry: true, retry_not_supported_reason: null });
    const { body } = await cloud.send("GET", `${V2}/runs/${failed.id}/retry/`);
    expect(body.data).toEqual({
      failed_step: "Invoke dbt with `dbt build fail`",
      skipped_steps: ["Invoke dbt with `dbt test`", "Invoke dbt with `dbt docs generate`"],
    });
    const { id } = await cloud.post(`runs/${failed.id}/retry/`);
    await cloud.queue.idle();
    const run = await cloud.run(id);
    expect(run).toMatchObject({ status: 10, retrying_run_id: failed.id });
    expect(outcome(run).slice(3)).toEqual([
      "4 Invoke dbt with `dbt retry`: Success",
      "5 Invoke dbt with `dbt test`: Success",
      "6 Invoke dbt with `dbt docs generate`: Success",
    ]);
    const state = project.calls().find(({ args }) => args[0] === "retry")!.env["DBT_STATE"]!;
    expect(JSON.parse(readFileSync(join(state, "manifest.json"), "utf8"))).toEqual({ made_by: ["build", "fail"] });
  });

  it("is refused if there is nothing to retry", async () => {
    const good = await runSteps(["dbt build"]);
    expect(good).toMatchObject({ can_retry: false, retry_not_supported_reason: "RETRY_NOT_FAILED_RUN" });
    expect((await cloud.send("POST", `${V2}/runs/${good.id}/retry/`)).code).toBe(400);
    const unsupported = await runSteps(["dbt source freshness fail"]);
    expect(unsupported.retry_not_supported_reason).toBe("RETRY_NO_RUN_RESULTS");
  });

  it("of a job is a new run if the last run did not fail", async () => {
    const good = await runSteps(["dbt build"]);
    const again = await cloud.post(`jobs/${good.job_id}/rerun/`);
    expect(again).toMatchObject({ retrying_run_id: null, status: 1, trigger: { cause_category: "rerun" } });
    await cloud.queue.idle();
  });
});
