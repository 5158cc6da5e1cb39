import { z } from "zod";
import { persistently } from "../delivery/attempts";
import { GitlabApi, GitlabError, ownId, type GitlabProject, type Send } from "./gitlab-api";

/** An issue as it should be open. */
export interface WantedIssue {
  /** The cause that the issue is about. It finds the issue again. */
  readonly id: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** The issues of an environment's alerts. */
export interface IssuesRequest {
  readonly project: GitlabProject;
  /** The issues of other scopes are left alone. */
  readonly scope: string;
  readonly label: string;
  /** All issues that should be open. Every other issue of the scope is closed. */
  readonly wanted: readonly WantedIssue[];
  /** Markdown, the note of an issue that is closed. */
  readonly farewell: string;
  readonly fetch: Send;
  /**
   * The time after which the issues are given up, in milliseconds.
   *
   * @default 60000
   */
  readonly patience?: number;
}

/** What happened to the issues, by the id of their causes. */
export interface IssuesOutcome {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly closed: readonly string[];
}

const PATIENCE_MILLISECONDS = 60_000;
const MARK = "<!-- dbt-job-manager alert";

const issueSchema = z.object({
  iid: z.int(),
  title: z.string(),
  description: z.string().nullish(),
  author: z.object({ id: z.int() }),
});

type Issue = z.output<typeof issueSchema>;

/**
 * Brings the open issues of a project in line with the causes of alerts: one issue for each cause, updated when its text differs, and
 * closed when the cause is gone. The open issues are the state, so nothing else has to survive between two calls. Only issues that
 * the user of the token wrote with the mark and the scope are changed.
 *
 * @throws GitlabError when GitLab refuses a request, or does not accept the issues within a minute
 */
export async function syncIssues(request: IssuesRequest): Promise<IssuesOutcome> {
  const { patience = PATIENCE_MILLISECONDS } = request;
  const outcome = { created: new Set<string>(), updated: new Set<string>(), closed: new Set<string>() };
  await persistently(
    patience,
    (stop) => attemptSync(request, outcome, stop),
    (fault) =>
      new GitlabError(
        `start the command again: GitLab did not accept the issues within ${patience / 1000} seconds (${fault})`,
      ),
  );
  return { created: [...outcome.created], updated: [...outcome.updated], closed: [...outcome.closed] };
}

/** An attempt reads the open issues again, so that a write whose answer was lost makes no second issue. */
async function attemptSync(
  { project, fetch, scope, label, wanted, farewell }: IssuesRequest,
  outcome: Readonly<Record<keyof IssuesOutcome, Set<string>>>,
  stop: AbortSignal,
): Promise<void> {
  const api = new GitlabApi(project, fetch, REFUSALS, stop);
  const path = `/projects/${encodeURIComponent(project.projectId)}/issues`;
  const own = await ownId(api);
  const query = `state=opened&labels=${encodeURIComponent(label)}&order_by=created_at&sort=asc`;
  const open = (await api.all(`${path}?${query}`, issueSchema)).filter(({ author }) => author.id === own);
  const found = new Map<string, Issue>();
  for (const issue of open) {
    const id = idIn(issue, scope);
    if (id === undefined) continue;
    if (!found.has(id) && wanted.some((one) => one.id === id)) {
      found.set(id, issue);
      continue;
    }
    // The note comes second, so that an attempt that is repeated writes it once at most.
    await api.send("PUT", `${path}/${issue.iid}`, issueSchema, { state_event: "close" });
    outcome.closed.add(id);
    await api.send("POST", `${path}/${issue.iid}/notes`, z.unknown(), { body: farewell });
  }
  for (const { id, title, text } of wanted) {
    const issue = found.get(id);
    const body = { title, description: `${markOf(scope, id)}\n${text}` };
    if (!issue) {
      outcome.created.add(id);
      await api.send("POST", path, issueSchema, { ...body, labels: label });
    } else if (issue.title !== title || issue.description !== body.description) {
      await api.send("PUT", `${path}/${issue.iid}`, issueSchema, body);
      if (!outcome.created.has(id)) outcome.updated.add(id);
    }
  }
}

function markOf(scope: string, id: string): string {
  return `${MARK}, ${scope}, ${id} -->`;
}

/** The cause of an issue of this program and scope; undefined for every other issue. */
function idIn({ description }: Issue, scope: string): string | undefined {
  const [first = ""] = (description ?? "").split("\n");
  const start = `${MARK}, ${scope}, `;
  return first.startsWith(start) && first.endsWith(" -->") ? first.slice(start.length, -" -->".length) : undefined;
}

const REFUSALS: Readonly<Record<number, string>> = {
  0: "GitLab refused the issue",
  401: "GITLAB_ALERT_TOKEN is not valid; make a new project access token with the scope api",
  403: "GITLAB_ALERT_TOKEN may not write issues; it needs the scope api and the role Reporter or higher",
  404: "GITLAB_ALERT_TOKEN cannot see the issues of the project; check the project of the token, and that issues are on",
};
