import { jobPayload } from "../../../../dbt-cloud/job-payload";
import { runsOf } from "../../../../packages/local-dbt-cloud/things/runs/runs";
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

describe("the page for people", () => {
  it("says so when there is nothing yet", async () => {
    const { code, text } = await page("/");
    expect(code).toBe(200);
    expect(text).toContain("There is no job yet.");
    expect(text).toContain("No job has run yet.");
  });

  it("shows jobs with their next run and steps, and escapes what they say", async () => {
    await createJob({ schedule: { at: ["05:00"] } });
    const { text } = await page("/");
    expect(text).toContain("team-daily &lt;b&gt;&amp;&lt;/b&gt;");
    expect(text).toContain("2026-01-05 05:00");
    expect(text).toContain("marketing-production");
    expect(text).toContain("<code>dbt build</code>");
  });

  it("shows runs and leads to each", async () => {
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

  it("knows no other run", async () => {
    expect((await page("/runs/77/")).code).toBe(404);
    expect((await page("/runs/x/")).code).toBe(404);
  });

  it("answers to loopback names only", async () => {
    expect((await page("/", "evil.example.com")).code).toBe(403);
    expect((await page("/", "127.0.0.1:1")).code).toBe(200);
    expect((await page("/", "[::1]:1")).code).toBe(200);
  });

  it("runs no script and asks for nothing from elsewhere", async () => {
    const { headers, body } = await cloud.app.inject({ url: "/", headers: { host: "localhost" } });
    expect(headers["content-security-policy"]).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(body).not.toMatch(/<script|https?:/);
  });
});
