import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf, type Run } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp } from "../../../../packages/local-dbt-cloud/world";
import { alert } from "../../../../src/job-manager/commands/alert";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { envFile, jobData, type Overrides } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { GitlabIssuesServer } from "../../../support/gitlab-issues-server";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf, type RunWish } from "../../../support/run-rows";
import { scriptedServer, type Reply, type ScriptedServer } from "../../../support/scripted-server";
import { smtpServer, type SmtpServer } from "../../../support/smtp-server";
import { bench, personEnv } from "../../../support/work-on-branch";

const DAY = "2026-01-09";
const PASSWORD = "pass/word+planted";
const HOOK = "/services/T0/B0/planted-hook";
const jobs = (): Overrides => ({
  extract: jobData({ schedule: { at: ["04:00"] }, sla: { finish_by: "05:00" } }),
  marts: jobData({ run_after: { job: "extract" }, sla: { finish_by: "06:00" }, owner: "reporting" }),
  dashboard: jobData({ schedule: { at: ["07:00"] }, expects: ["marts"], owner: "reporting" }),
  extra: jobData({ schedule: { at: ["04:30"] } }),
});

let cloud: ListeningCloud;
let folder: string;
let smtp: SmtpServer;
let slack: ScriptedServer;
let slackReplies: Reply[];
let gitlab: GitlabIssuesServer;
let ids: Record<string, number>;
beforeEach(async () => {
  cloud = await openCloud(undefined, at("12:00"));
  folder = mkdtempSync(join(tmpdir(), "alert-"));
  smtp = await smtpServer("bot", PASSWORD);
  slackReplies = [];
  slack = await scriptedServer(() => slackReplies.shift() ?? { text: "ok" });
  gitlab = new GitlabIssuesServer();
  await gitlab.listen();
  ids = Object.fromEntries(Object.keys(jobs()).map((key) => [key, add(key)]));
});
afterEach(async () => {
  await Promise.all([cloud.close(), smtp.close(), slack.close(), gitlab.close()]);
  rmSync(folder, { recursive: true });
});

function at(time: string, day = DAY): Date {
  return new Date(`${day}T${time}:00Z`);
}

function add(key: string): number {
  const job = addJob(cloud.world, { name: `marketing-team-${key}-production`, environment_id: 302 });
  return jobsOf(cloud.world).put({ ...job, created_at: timestamp(at("00:00", "2026-01-01")) }).id;
}

/** A run of a job. Without an end, it is running. */
function addRunAt(key: string, from: string, to: string | undefined, wish: RunWish = {}, day = DAY): Run {
  const status = to === undefined ? 3 : (wish.status ?? 10);
  const run = addRunOf(cloud.world, ids[key]!, { ...wish, status });
  return runsOf(cloud.world).put({
    ...run,
    created_at: timestamp(at(from, day)),
    started_at: timestamp(at(from, day)),
    finished_at: to === undefined ? null : timestamp(at(to, day)),
  });
}

const results = (...nodes: readonly string[]): string =>
  JSON.stringify({
    results: nodes.map((node) => ({ unique_id: node, status: "error", message: `${node} is broken` })),
  });

const failing = (...nodes: readonly string[]): RunWish => ({
  status: 20,
  steps: [["dbt build", 20]],
  results: results(...nodes),
});

/** Runs of the days before: extract takes 10 to 19 minutes, marts 20. */
function pastRuns(): void {
  for (let i = 0; i < 10; i++) {
    addRunAt("extract", "04:00", `04:${10 + i}`, {}, "2026-01-08");
    addRunAt("marts", "04:20", "04:40", {}, "2026-01-08");
  }
  addRunAt("dashboard", "07:00", "07:05", {}, "2026-01-08");
  addRunAt("extra", "04:30", "04:31", {}, "2026-01-08");
}

/** Every job with a deadline was in time, and the dashboard failed. */
function onlyTheDashboardFailed(): void {
  pastRuns();
  addRunAt("extract", "04:00", "04:10");
  addRunAt("marts", "04:10", "04:30");
  addRunAt("dashboard", "07:00", "07:01", failing("model.p.d"));
}

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  ...personEnv(cloud),
  XDG_CACHE_HOME: folder,
  ALERT_SMTP_URL: smtp.url,
  ALERT_EMAIL_FROM: "alerts@example.com",
  HOOK_OF_DATA: `${slack.url}${HOOK}`,
  GITLAB_ALERT_TOKEN: gitlab.token,
  CI_API_V4_URL: gitlab.url,
  CI_PROJECT_ID: "5",
  ...more,
});

async function look(
  time: string,
  routes: readonly Overrides[] = [],
  { more = {}, options = {} }: { more?: Record<string, string>; options?: object } = {},
): Promise<CommandResult & { readonly alerts: readonly { id: string; severity: string; deadlines: unknown[] }[] }> {
  const config = join(envFolder({ "prod.yaml": envFile({ jobs: jobs(), alerts: routes }) }), "prod.yaml");
  const result = await alert({ config, dryRun: false, ...options }, bench(env(more), { now: at(time) }));
  return { ...result, alerts: (result.json as { alerts: never[] }).alerts };
}

const EMAIL = { email: "data@example.com" };
const SLACK = { slack_webhook: "HOOK_OF_DATA" };
const ISSUE = { gitlab_issue: {} };

describe("the open causes", () => {
  it("are none while every run is in time", async () => {
    pastRuns();
    expect((await look("03:59")).alerts).toEqual([]);
    expect((await look("04:04")).alerts).toEqual([]);
    addRunAt("extract", "04:00", undefined);
    expect((await look("04:15")).alerts).toEqual([]);
  });

  it("have the deadlines at risk before they break: a run that is not started, and the job that runs after it", async () => {
    pastRuns();
    const { alerts } = await look("04:06");
    expect(alerts).toEqual([
      expect.objectContaining({
        id: "deadline extract",
        severity: "critical",
        deadlines: [
          { key: "extract", at: `${DAY}T05:00:00.000Z`, state: "at_risk", words: "no run started at 04:00 UTC" },
          {
            key: "marts",
            at: `${DAY}T06:00:00.000Z`,
            state: "at_risk",
            words: "it runs after extract: no run started at 04:00 UTC",
          },
        ],
      }),
    ]);
  });

  it("have a deadline at risk as soon as the p95 of the durations ends after it, and not a minute earlier", async () => {
    pastRuns();
    const run = addRunAt("extract", "04:41", undefined);
    expect((await look("04:45")).alerts).toEqual([]);
    runsOf(cloud.world).put({ ...run, created_at: timestamp(at("04:42")), started_at: timestamp(at("04:42")) });
    const { alerts } = await look("04:45");
    expect(alerts).toMatchObject([
      { id: "deadline extract", deadlines: [{ words: `run ${run.id} is expected to end by 05:01 UTC` }] },
    ]);
    runsOf(cloud.world).put({ ...run, created_at: timestamp(at("04:20")), started_at: timestamp(at("04:20")) });
    expect((await look("04:40")).alerts).toMatchObject([
      { deadlines: [{ words: `run ${run.id} already takes longer than all 10 successful runs before it` }, {}] },
    ]);
  });

  it("group the failure with the deadlines that it breaks, and jobs that fail because of the same test", async () => {
    pastRuns();
    addRunAt("extract", "04:00", "04:02", failing("test.p.a", "test.p.b"));
    addRunAt("extra", "04:30", "04:31", failing("test.p.b"));
    const { alerts, text } = await look("04:40");
    expect(alerts).toMatchObject([
      {
        id: "failure extract",
        severity: "critical",
        owners: ["marketing-data-engineering", "reporting"],
        failures: [{ key: "extract" }, { key: "extra" }],
        deadlines: [{ key: "extract" }, { key: "marts" }],
        waiting: ["dashboard"],
      },
    ]);
    expect(text).toContain("[critical] production: extract and 1 other job failed, 2 deadlines at risk");
    expect(text).toContain("test.p.a test.p.a is broken");
    // At 05:30 the deadline of extract is over, and that of marts is still ahead.
    expect((await look("05:30")).alerts).toMatchObject([
      {
        deadlines: [
          { key: "extract", state: "missed" },
          { key: "marts", state: "at_risk" },
        ],
      },
    ]);
    // A retry succeeds late: the deadline is missed, but the result is there.
    addRunAt("extract", "05:31", "05:40");
    addRunAt("extra", "05:31", "05:40");
    addRunAt("marts", "05:41", undefined);
    expect((await look("05:42")).alerts).toMatchObject([
      { id: "deadline marts", deadlines: [{ words: expect.stringContaining("expected to end by 06:01") as string }] },
    ]);
  });

  it("are warnings when no deadline depends on the failure", async () => {
    onlyTheDashboardFailed();
    expect((await look("07:10")).alerts).toMatchObject([{ id: "failure dashboard", severity: "warning" }]);
  });
});

describe("a receiver of messages", () => {
  it("hears of a cause when it begins, changes and ends, each once, also after a restart", async () => {
    pastRuns();
    addRunAt("extra", "04:30", "04:31", failing("model.p.one"));
    addRunAt("extract", "04:00", "04:10");
    addRunAt("marts", "04:10", "04:30");
    for (const time of ["06:00", "06:05"]) await look(time, [EMAIL, SLACK]);
    expect(smtp.emails).toHaveLength(1);
    expect(slack.asked).toHaveLength(1);
    expect(smtp.emails[0]).toMatchObject({ from: "alerts@example.com", to: "data@example.com" });
    expect(smtp.emails[0]!.text).toContain("Subject: [warning] production: extra failed");
    expect(JSON.parse(slack.asked[0]!.body)).toMatchObject({
      text: expect.stringContaining("*production: extra failed*") as string,
    });
    addRunAt("extra", "06:06", "06:07", failing("model.p.one"));
    await look("06:08", [EMAIL]);
    expect(smtp.emails).toHaveLength(1);
    addRunAt("extra", "06:09", "06:10", failing("model.p.two"));
    await look("06:11", [EMAIL]);
    expect(smtp.emails).toHaveLength(2);
    addRunAt("extra", "06:12", "06:13");
    await look("06:14", [EMAIL, SLACK]);
    await look("06:15", [EMAIL, SLACK]);
    expect(smtp.emails).toHaveLength(3);
    expect(smtp.emails[2]!.text).toContain("Subject: [recovered] production: extra failed");
    expect(slack.asked.map(({ body }) => JSON.parse(body) as { text: string }).at(-1)!.text).toBe(
      "Recovered: production: extra failed",
    );
  });

  it("gets the alerts of its severity and its owners", async () => {
    pastRuns();
    addRunAt("dashboard", "07:00", "07:01", failing("model.p.d"));
    addRunAt("extract", "04:00", "04:01", failing("model.p.e"));
    await look("07:10", [
      { ...EMAIL, email: "critical@example.com", severity: "critical" },
      { ...EMAIL, email: "reporting@example.com", owners: ["reporting"] },
      { ...EMAIL, email: "nobody@example.com", owners: ["nobody"] },
    ]);
    expect(
      smtp.emails.map(({ to, text }) => [to, /model\.p\.\w/g.exec(text)?.[0], text.includes("model.p.d")]),
    ).toEqual([
      ["critical@example.com", "model.p.e", false],
      ["reporting@example.com", "model.p.e", true],
    ]);
  });

  it("is tried again at the next call when it could not be reached, and does not keep the others from theirs", async () => {
    onlyTheDashboardFailed();
    slackReplies = [{ status: 404, text: "no_service" }];
    smtp.refusals.push(`554 refused by ${PASSWORD}`);
    const failed = await look("07:10", [EMAIL, SLACK, ISSUE]);
    expect(failed.exitCode).toBe(1);
    expect(failed.error!.message).toContain("slack HOOK_OF_DATA: Slack refused the message: 404 no_service");
    expect(gitlab.issues).toHaveLength(1);
    expect(JSON.stringify(failed)).not.toMatch(/planted/);
    expect((await look("07:15", [EMAIL, SLACK, ISSUE])).exitCode).toBe(0);
    expect([smtp.emails.length, slack.asked.length, gitlab.issues.length]).toEqual([1, 2, 1]);
  });

  it("waits as long as Slack asks, and gets the message once", async () => {
    onlyTheDashboardFailed();
    slackReplies = [{ status: 429, headers: { "Retry-After": "1" } }, { status: 500 }, "drop"];
    expect((await look("07:10", [SLACK])).exitCode).toBe(0);
    expect(slack.asked).toHaveLength(4);
  });

  it("never sees a secret or a mention in the texts of others", async () => {
    onlyTheDashboardFailed();
    const node = "model.p.x";
    const message = `<!channel> @all [x](http://y) /close ${PASSWORD} ${HOOK} ${gitlab.token}`;
    const text = JSON.stringify({ results: [{ unique_id: node, status: "error", message }] });
    addRunAt("dashboard", "07:02", "07:03", { ...failing(), results: text });
    await look("07:10", [EMAIL, SLACK, ISSUE]);
    const sent = [smtp.emails[0]!.text, slack.asked[0]!.body, JSON.stringify(gitlab.issues)];
    expect(smtp.emails[0]!.text).not.toContain(PASSWORD);
    expect(slack.asked[0]!.body).not.toContain(HOOK);
    expect(gitlab.issues[0]!.description).not.toContain(gitlab.token);
    expect(sent.map((one) => one.includes("close"))).toEqual([true, true, true]);
    expect(slack.asked[0]!.body).toContain("&lt;!channel&gt;");
    expect(gitlab.issues[0]!.description).toContain("\\@all");
  });
});

describe("issues of GitLab", () => {
  it("need no state: one for each cause, closed on recovery by a call that knows nothing of the first", async () => {
    onlyTheDashboardFailed();
    await look("07:10", [ISSUE], { options: { state: join(folder, "one.json") } });
    await look("07:20", [ISSUE], { options: { state: join(folder, "two.json") } });
    expect(gitlab.issues).toMatchObject([{ title: "production: dashboard failed", state: "opened" }]);
    addRunAt("dashboard", "07:30", "07:31");
    await look("07:40", [ISSUE], { options: { state: join(folder, "three.json") } });
    expect(gitlab.issues).toMatchObject([{ state: "closed", notes: [expect.stringContaining("The cause is gone")] }]);
  });
});

describe("the settings", () => {
  it("are checked before anything is read, all at once, and no value is shown", async () => {
    const wrong = { ALERT_SMTP_URL: "planted", ALERT_EMAIL_FROM: "", HOOK_OF_DATA: "planted", GITLAB_ALERT_TOKEN: "" };
    const failed = look("07:10", [EMAIL, SLACK, ISSUE], { more: wrong });
    await expect(failed).rejects.toMatchObject({
      problems: ["ALERT_SMTP_URL", "ALERT_EMAIL_FROM", "HOOK_OF_DATA", "GITLAB_ALERT_TOKEN"].map((path): unknown =>
        expect.objectContaining({ path }),
      ),
    });
    await expect(failed).rejects.not.toThrow(/planted/);
    expect(cloud.requests).toEqual([]);
  });

  it("are not needed with --dry-run, which sends nothing", async () => {
    onlyTheDashboardFailed();
    const options = { dryRun: true };
    const { text, json } = await look("07:10", [EMAIL, SLACK], { more: { ALERT_SMTP_URL: "" }, options });
    expect(text).toContain("Nothing was sent.");
    expect(json).toMatchObject({ deliveries: [] });
    expect([smtp.emails, slack.asked]).toEqual([[], []]);
  });
});

describe("the event of a webhook", () => {
  const SECRET = "hmac-planted";
  const body = (environmentId: string): string =>
    JSON.stringify({
      accountId: 12345,
      eventType: "job.run.errored",
      data: { environmentId, jobId: "1", runId: "2", runStatus: "Errored" },
    });
  const sign = (text: string, secret = SECRET): string => createHmac("sha256", secret).update(text).digest("hex");

  async function hear(text: string, signature: string): Promise<CommandResult> {
    const file = join(folder, "event.json");
    writeFileSync(file, text);
    return look("07:10", [EMAIL], {
      more: { DBTCLOUD_WEBHOOK_SECRET: SECRET },
      options: { webhook: { file, signature } },
    });
  }

  it("starts a look when dbt Cloud signed it and it is of the environment", async () => {
    onlyTheDashboardFailed();
    expect((await hear(body("302"), sign(body("302")))).exitCode).toBe(0);
    expect(smtp.emails).toHaveLength(1);
    expect((await hear(body("999"), sign(body("999")))).text).toMatch(/of another environment/);
  });

  it.each([
    ["another secret", sign(body("302"), "other")],
    ["no signature", ""],
    ["another body", sign(`${body("302")} `)],
    ["a shorter signature", sign(body("302")).slice(0, 62)],
  ])("is refused with %s, and nothing is sent", async (_case, signature) => {
    await expect(hear(body("302"), signature)).rejects.toThrow("is not signed with DBTCLOUD_WEBHOOK_SECRET");
    expect(cloud.requests).toEqual([]);
  });

  it("is refused when it is signed and is no event", async () => {
    await expect(hear("{}", sign("{}"))).rejects.toThrow("is not an event of dbt Cloud");
  });
});
