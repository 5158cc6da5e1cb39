import { syncIssues, type IssuesOutcome, type WantedIssue } from "../../../src/gitlab/alert-issues";
import { GitlabIssuesServer } from "../../support/gitlab-issues-server";

let gitlab: GitlabIssuesServer;
beforeEach(async () => {
  gitlab = new GitlabIssuesServer();
  await gitlab.listen();
});
afterEach(() => gitlab.close());

const issue = (id: string, text = "text"): WantedIssue => ({ id, title: `title of ${id}`, text });

function sync(wanted: readonly WantedIssue[], more: object = {}): Promise<IssuesOutcome> {
  return syncIssues({
    project: { apiUrl: gitlab.url, projectId: "5", token: gitlab.token },
    scope: "production",
    label: "dbt-alert",
    wanted,
    farewell: "gone",
    fetch,
    ...more,
  });
}

const states = (): string[] => gitlab.issues.map(({ title, state }) => `${title}: ${state}`);

describe("the issues of alerts", () => {
  it("are one for each cause: created once, updated when the text differs, closed with a note when it is gone", async () => {
    expect(await sync([issue("failure a"), issue("failure b")])).toEqual({
      created: ["failure a", "failure b"],
      updated: [],
      closed: [],
    });
    expect(await sync([issue("failure a"), issue("failure b")])).toEqual({ created: [], updated: [], closed: [] });
    expect(await sync([issue("failure b", "more")])).toEqual({
      created: [],
      updated: ["failure b"],
      closed: ["failure a"],
    });
    expect(states()).toEqual(["title of failure a: closed", "title of failure b: opened"]);
    expect(gitlab.issues.map(({ notes }) => notes)).toEqual([["gone"], []]);
    expect(gitlab.issues[1]!.description).toContain("more");
    // A cause that comes back gets a new issue.
    expect((await sync([issue("failure a"), issue("failure b", "more")])).created).toEqual(["failure a"]);
  });

  it("leave issues of people, of other scopes and of other users alone, on every page", async () => {
    for (let i = 0; i < 120; i++) gitlab.add({ description: "by a person" });
    const [theirs] = [gitlab.add({ description: "<!-- dbt-job-manager alert, staging, failure a -->\ntext" })];
    const quoted = gitlab.add({ description: "<!-- dbt-job-manager alert, production, x -->", author: { id: 1 } });
    const own = gitlab.add({ description: "<!-- dbt-job-manager alert, production, failure a -->\nold" });
    const double = gitlab.add({ description: "<!-- dbt-job-manager alert, production, failure a -->\nold" });
    expect(await sync([issue("failure a")])).toMatchObject({ created: [], updated: ["failure a"] });
    expect([theirs.state, quoted.state, own.state, double.state]).toEqual(["opened", "opened", "opened", "closed"]);
    expect(gitlab.issues.filter(({ state }) => state === "closed")).toHaveLength(1);
  });

  it("are made once, also when GitLab is busy or the answer to a write is lost", async () => {
    gitlab.faults.push(
      { request: /GET .*\/issues/, fault: { status: 429, headers: { "Retry-After": "0" } } },
      { request: /POST .*\/issues$/, fault: "lost" },
      { request: /POST .*\/issues$/, fault: { status: 502 } },
    );
    expect((await sync([issue("failure a"), issue("failure b")])).created).toEqual(["failure a", "failure b"]);
    expect(states()).toEqual(["title of failure a: opened", "title of failure b: opened"]);
  });

  it.each([
    [401, "GITLAB_ALERT_TOKEN is not valid"],
    [404, "GITLAB_ALERT_TOKEN cannot see the issues"],
    [422, "GitLab refused the issue"],
  ])("are given up at once after a status %i", async (status, message) => {
    gitlab.faults.push({ request: /GET .*\/issues/, fault: { status } });
    await expect(sync([issue("failure a")])).rejects.toThrow(message);
  });

  it("are given up when GitLab stays away, without the token in the message", async () => {
    const busy = (): Promise<Response> => Promise.resolve(new Response("", { status: 503 }));
    const failed = sync([], { fetch: busy, patience: 300 });
    await expect(failed).rejects.toThrow("did not accept the issues within 0.3 seconds (GET /user: 503)");
    await expect(failed).rejects.not.toThrow(/planted/);
  });
});
