import { jobPayload } from "../../../../src/dbt-cloud/job-payload";
import { runAnswer } from "../../../../packages/local-dbt-cloud/resources/runs/answer";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { jobDefinition } from "../../../support/definitions";
import { localDbtCloud, V2, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function page(url: string, host = "localhost:8580"): Promise<{ code: number; text: string }> {
  const { statusCode, body } = await cloud.app.inject({ url, headers: { host } });
  return { code: statusCode, text: body };
}

async function createJob(input: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const payload = jobPayload(jobDefinition(input), {
    accountId: 12345,
    projectId: 102,
    environmentId: 302,
    name: "team-daily <b>&</b>",
    jobIdOf: () => 0,
    environmentIdOf: () => 0,
  });
  const { body } = await cloud.send("POST", `${V2}/jobs/`, payload);
  return (body.data as { id: number }).id;
}

describe("the pages", () => {
  it("show a message if there is no data", async () => {
    const { code, text } = await page("/");
    expect(code).toBe(200);
    expect(text).toContain("There is no job yet.");
    expect(text).toContain("No job has run yet.");
  });

  it("shows jobs with their next run and steps, and escapes their texts", async () => {
    await createJob({ schedule: { at: ["05:00"] } });
    const { text } = await page("/");
    expect(text).toContain("team-daily &lt;b&gt;&amp;&lt;/b&gt;");
    expect(text).toContain("2026-01-05 05:00");
    expect(text).toContain("marketing-production");
    expect(text).toContain("<code>dbt build</code>");
  });

  it("names the job that a job starts after, in the list and on its page", async () => {
    const first = await createJob();
    const second = await createJob();
    const condition = { condition: { job_id: first, project_id: 102, statuses: [10] } };
    await cloud.send("POST", `${V2}/jobs/${second}/`, { job_completion_trigger_condition: condition });
    const start = `after <a href="/jobs/${first}/">team-daily`;
    expect((await page("/")).text).toContain(start);
    expect((await page(`/jobs/${second}/`)).text).toContain(start);
    const { text } = await page(`/jobs/${first}/`);
    expect(text.replaceAll(/\s+/g, " ")).toContain(`Then starts</h2> <ul> <li><a href="/jobs/${second}/">`);
  });

  it("shows the chain of all jobs that start each other, from its first job, in the list", async () => {
    expect((await page("/")).text).not.toContain("Chains");
    const ids = [await createJob(), await createJob(), await createJob(), await createJob()];
    for (const [job, before] of [
      [ids[2], ids[1]],
      [ids[1], ids[3]],
    ]) {
      const condition = { condition: { job_id: before, project_id: 102, statuses: [10] } };
      await cloud.send("POST", `${V2}/jobs/${job}/`, { job_completion_trigger_condition: condition });
    }
    const [, chains] = (await page("/")).text.split("<h2>Chains</h2>");
    const items = chains!.split("<h2>")[0]!.match(/<\/?ul>|jobs\/\d+/g);
    expect(items).toEqual([
      "<ul>",
      `jobs/${ids[3]}`,
      "<ul>",
      `jobs/${ids[1]}`,
      "<ul>",
      `jobs/${ids[2]}`,
      "</ul>",
      "</ul>",
      "</ul>",
    ]);
  });

  it("shows runs and links to each", async () => {
    const job = await createJob();
    const { body } = await cloud.send("POST", `${V2}/jobs/${job}/run/`, { cause: "Tried <by hand>" });
    const { id } = body.data as { id: number };
    expect((await page("/")).text).toContain(`<a href="/runs/${id}/">${id}</a>`);
    const { code, text } = await page(`/runs/${id}/`);
    expect(code).toBe(200);
    expect(text).toContain("Tried &lt;by hand&gt;");
    expect(text).toContain('<span class="Queued">Queued</span>');
    expect(runsOf(cloud.world).all()).toHaveLength(1);
  });

  it("shows a job with its steps and runs, and links to it from the lists", async () => {
    const job = await createJob({ schedule: { at: ["05:00"] } });
    expect((await page(`/jobs/${job}/`)).text).toContain("It has not run yet.");
    await cloud.send("POST", `${V2}/jobs/${job}/run/`, { cause: "Tried by hand" });
    const { code, text } = await page(`/jobs/${job}/`);
    expect(code).toBe(200);
    expect(text).toContain("<h1>team-daily &lt;b&gt;&amp;&lt;/b&gt;</h1>");
    expect(text).toContain("in marketing-production, next run 2026-01-05 05:00 UTC.");
    expect(text).toContain("<li><code>dbt build</code></li>");
    expect(text).toContain('<a href="/runs/1/">1</a>');
    for (const path of ["/", "/runs/1/"])
      expect((await page(path)).text).toContain(`<a href="/jobs/${job}/">team-daily`);
  });

  it("still show a deleted job, marked as deleted", async () => {
    const job = await createJob();
    await cloud.send("DELETE", `${V2}/jobs/${job}/`);
    expect((await page(`/jobs/${job}/`)).text).toContain("This job was deleted.");
  });

  it.each(["/runs/77/", "/runs/x/", "/jobs/77/", "/jobs/x/"])("does not find %s", async (path) => {
    expect((await page(path)).code).toBe(404);
  });

  it("answers to loopback names only", async () => {
    expect((await page("/", "evil.example.com")).code).toBe(403);
    expect((await page("/", "127.0.0.1:1")).code).toBe(200);
    expect((await page("/", "[::1]:1")).code).toBe(200);
  });

  it("has no script and loads nothing", async () => {
    const { headers, body } = await cloud.app.inject({ url: "/", headers: { host: "localhost" } });
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    expect(body).not.toMatch(/<script|https?:/);
  });
});

describe("an address of dbt Cloud", () => {
  const location = async (path: string): Promise<unknown> => {
    const { statusCode, headers } = await cloud.app.inject({ url: path, headers: { host: "localhost" } });
    return statusCode === 302 ? headers.location : statusCode;
  };

  it.each(["runs", "jobs"])("of %s leads to the page, with and without a slash at the end", async (kind) => {
    const job = await createJob();
    await cloud.send("POST", `${V2}/jobs/${job}/run/`, { cause: "x" });
    for (const end of ["", "/"]) {
      expect(await location(`/deploy/12345/projects/102/${kind}/1${end}`)).toBe(`/${kind}/1/`);
    }
    expect((await page(`/${kind}/1/`)).code).toBe(200);
  });

  it.each(["12345/projects/103", "1/projects/102"])("is not found below %s", async (place) => {
    await cloud.send("POST", `${V2}/jobs/${await createJob()}/run/`, { cause: "x" });
    for (const kind of ["runs", "jobs"]) expect(await location(`/deploy/${place}/${kind}/1/`)).toBe(404);
  });

  it("is a run's `href`, with the host if the server knows its own address", async () => {
    await cloud.send("POST", `${V2}/jobs/${await createJob()}/run/`, { cause: "x" });
    const run = runsOf(cloud.world).get(1)!;
    const path = "/deploy/12345/projects/102/runs/1/";
    expect(runAnswer(cloud.world, run)).toMatchObject({ href: path });
    const url = "http://127.0.0.1:8580";
    expect(runAnswer({ ...cloud.world, url: () => url }, run)).toMatchObject({ href: `${url}${path}` });
  });
});
