import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { V2 } from "../../../../support/local-dbt-cloud";
import { FakeProject, localRuns, type LocalRuns, type RunAnswer } from "../../../../support/local-runs";

let project: FakeProject;
let cloud: LocalRuns;
beforeAll(async () => {
  project = new FakeProject();
  cloud = localRuns(project.folder);
  const first = await cloud.addJob(["dbt source freshness", "dbt build"]);
  const second = await cloud.addJob(["dbt build fail"], { environment_id: 202 });
  for (const job of [first, second, first]) await cloud.trigger(job, { git_branch: null });
  await cloud.queue.idle();
});
afterAll(async () => {
  await cloud.close();
  project.close();
});

async function ids(query: string): Promise<number[]> {
  return (await cloud.list(query)).map(({ id }) => id);
}

describe("the list of runs", () => {
  it.each([
    ["", [1, 2, 3]],
    ["order_by=-id", [3, 2, 1]],
    ["order_by=-created_at&limit=1", [3]],
    ["limit=1&offset=1", [2]],
    ["job_definition_id=1", [1, 3]],
    ["environment_id=202", [2]],
    ["project_id=102", [1, 2, 3]],
    ["project_id__in=[1,102]", [1, 2, 3]],
    ["status=20", [2]],
    ["status__in=[10,20]", [1, 2, 3]],
    ["status__in=[30]", []],
    ["pk=2", [2]],
    ["pk__in=[1,3]", [1, 3]],
    ["id__gt=1", [2, 3]],
    ["has_sources_generated=true", [1, 3]],
    ["has_docs_generated=true", []],
    ["dbt_version=latest", [1, 2, 3]],
    ["dbt_version__in=1.7.0", []],
    ["created_at__range=2026-01-05T04:00:00Z,2026-01-05T05:00:00Z", [1, 2, 3]],
    ["finished_at__range=2026-01-06T00:00:00Z,2026-01-07T00:00:00Z", []],
    ["state=deleted", []],
    ["state=all", [1, 2, 3]],
  ])("?%s has %p", async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it("embeds nothing that is not asked for", async () => {
    const { body } = await cloud.send("GET", `${V2}/runs/1/`);
    expect(body.data).toMatchObject({ trigger: null, job: null, environment: null, run_steps: null, job_id: 1 });
    expect(body.data).not.toHaveProperty("github_pull_request_id");
  });

  it.each(["trigger,job,environment,run_steps", '["trigger","job","environment","run_steps"]'])(
    "embeds %s",
    async (related) => {
      const { body } = await cloud.send("GET", `${V2}/runs/1/?include_related=${encodeURIComponent(related)}`);
      expect(body.data).toMatchObject({
        trigger: { cause: "test", job_definition_id: 1 },
        job: { id: 1 },
        environment: { id: 999 },
      });
      const steps = (body.data as RunAnswer).run_steps;
      expect(steps).toHaveLength(5);
      expect(steps[4]).toMatchObject({
        index: 5,
        run_step_command: { dbt_command: "dbt build" },
        debug_logs: null,
        duration: "00:00:00",
      });
    },
  );
});

describe("a job", () => {
  it("shows its newest runs where they are asked for", async () => {
    const related = "include_related=most_recent_run,most_recent_completed_run";
    const { body } = await cloud.send("GET", `${V2}/jobs/1/?${related}`);
    expect(body.data).toMatchObject({ most_recent_run: { id: 3 }, most_recent_completed_run: { id: 3, status: 10 } });
    const { body: bare } = await cloud.send("GET", `${V2}/jobs/1/`);
    expect(bare.data).toMatchObject({ most_recent_run: null, most_recent_completed_run: null });
  });
});

describe("one step", () => {
  it("is answered with its log, and with dbt's own where that is asked for", async () => {
    const { body } = await cloud.send("GET", `${V2}/steps/4/?include_related=debug_logs`);
    expect(body.data).toMatchObject({ id: 4, run_id: 1, index: 4, debug_logs: "debug of source freshness" });
    expect((await cloud.send("GET", `${V2}/steps/4711/`)).code).toBe(404);
  });
});

describe("a trigger", () => {
  it.each([
    [{}, "cause"],
    [{ cause: "" }, "cause"],
    [{ cause: "x", threads_override: "4" }, "threads_override"],
    [{ cause: "x", steps_override: [""] }, "steps_override.0"],
  ])("with %p is refused for %s", async (body, field) => {
    const answer = await cloud.send("POST", `${V2}/jobs/1/run/`, body);
    expect(answer.code).toBe(400);
    expect(answer.body.status.user_message).toContain(field);
  });

  it("of a job that is not there is not found", async () => {
    expect((await cloud.send("POST", `${V2}/jobs/99/run/`, { cause: "x" })).code).toBe(404);
    expect((await cloud.send("POST", `${V2}/runs/99/cancel/`)).code).toBe(404);
  });

  it("of a run that has ended cannot be cancelled any more", async () => {
    expect((await cloud.post("runs/1/cancel/")).status).toBe(10);
  });
});

describe("artifacts", () => {
  const ALL = ["compiled/p/a.sql", "manifest.json", "run_results.json", "sources.json"];

  it("are listed as they were after a step, or after the last", async () => {
    const list = async (query: string): Promise<unknown> =>
      (await cloud.send("GET", `${V2}/runs/1/artifacts/${query}`)).body.data;
    expect(await list("")).toEqual(ALL);
    expect(await list("?step=5")).toEqual(ALL);
    expect(await list("?step=4")).toEqual(["compiled/p/a.sql", "manifest.json", "sources.json"]);
    expect(await list("?step=1")).toEqual([]);
  });

  it("are answered as they are, by run, step and job", async () => {
    const file = async (path: string): Promise<unknown> => JSON.parse((await cloud.send("GET", `${V2}/${path}`)).text);
    expect(await file("runs/1/artifacts/manifest.json")).toEqual({ made_by: ["build"] });
    expect(await file("runs/1/artifacts/manifest.json?step=4")).toEqual({ made_by: ["source", "freshness"] });
    expect(await file("jobs/2/artifacts/manifest.json")).toEqual({ made_by: ["build", "fail"] });
  });

  it.each([
    "..%2F..%2F..%2Fprofile%2Fprofiles.yml",
    "../../../profile/profiles.yml",
    "compiled%2F..%2Fmanifest.json",
    ".%2Fmanifest.json",
    "%2Fetc%2Fpasswd",
    "compiled%2F..%2F..%2F5%2Fmanifest.json",
    "compiled",
    "manifest.json%00",
    "link.json",
    "links/passwd",
    "catalog.json",
  ])("are not reached by the name %s", async (name) => {
    const folder = join(cloud.folder, "runs", "1", "artifacts", "5");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(cloud.folder, "outside"), "outside");
    for (const [link, to] of [
      ["link.json", "outside"],
      ["links", "/etc"],
    ] as const) {
      try {
        symlinkSync(join(cloud.folder, to), join(folder, link));
      } catch {
        // It was made for the name before.
      }
    }
    for (const owner of ["runs/1", "jobs/1"]) {
      const answer = await cloud.send("GET", `${V2}/${owner}/artifacts/${name}`);
      expect(answer.code).toBe(404);
      expect(answer.body.status.is_success).toBe(false);
    }
  });
});
