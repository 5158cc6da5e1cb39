import { scriptedServer, type Asked, type Reply, type ScriptedServer } from "./scripted-server";

/** An issue as GitLab answers it, with the fields that are read here. */
export interface GitlabIssue {
  readonly iid: number;
  title: string;
  description: string;
  state: "opened" | "closed";
  readonly labels: readonly string[];
  readonly author: { readonly id: number };
  readonly notes: string[];
}

/** What the server does instead of answering, or after it did what was asked and before it answers (`lost`). */
export interface PlannedFault {
  readonly request: RegExp;
  readonly fault: "lost" | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
}

/** The id of the token's user. */
const BOT = 70;

/**
 * A stand-in of GitLab's API of issues in project 5, written from its documentation: https://docs.gitlab.com/api/issues/ and
 * https://docs.gitlab.com/api/notes/#issues.
 */
export class GitlabIssuesServer {
  readonly token = "glpat-planted";
  readonly issues: GitlabIssue[] = [];
  readonly faults: PlannedFault[] = [];
  private server: ScriptedServer | undefined;

  async listen(): Promise<void> {
    this.server = await scriptedServer((asked) => this.reply(asked));
  }

  get url(): string {
    return `${this.server!.url}/api/v4`;
  }

  close(): Promise<void> {
    return this.server!.close();
  }

  /** Adds an issue, as a person or the bot wrote it. */
  add(issue: Partial<GitlabIssue>): GitlabIssue {
    const row: GitlabIssue = {
      iid: this.issues.length + 1,
      title: "title",
      description: "",
      state: "opened",
      labels: ["dbt-alert"],
      author: { id: BOT },
      notes: [],
      ...issue,
    };
    this.issues.push(row);
    return row;
  }

  private reply(asked: Asked): Reply {
    const index = this.faults.findIndex(({ request }) => request.test(`${asked.method} ${asked.url}`));
    const [planned] = index < 0 ? [] : this.faults.splice(index, 1);
    if (planned && planned.fault !== "lost") return { ...planned.fault, json: { message: "planted" } };
    const reply = this.answer(asked);
    return planned ? "drop" : reply;
  }

  private answer({ method, url, headers, body }: Asked): Reply {
    const { pathname, searchParams } = new URL(url, "http://gitlab");
    if (headers["private-token"] !== this.token) return { status: 401, json: { message: "401 Unauthorized" } };
    if (pathname === "/api/v4/user") return { json: { id: BOT } };
    const [, iid, notes] = /^\/api\/v4\/projects\/5\/issues(?:\/(\d+)(\/notes)?)?$/.exec(pathname) ?? [];
    if (!pathname.startsWith("/api/v4/projects/5/issues")) return { status: 404, json: { message: "404 Not found" } };
    const sent = (body === "" ? {} : JSON.parse(body)) as Record<string, string>;
    if (iid === undefined) return method === "POST" ? this.create(sent) : { json: this.page(searchParams) };
    const issue = this.issues.find((one) => one.iid === Number(iid));
    if (!issue) return { status: 404, json: { message: "404 Issue Not Found" } };
    return this.change(issue, notes !== undefined, sent);
  }

  private change(issue: GitlabIssue, isNote: boolean, sent: Readonly<Record<string, string>>): Reply {
    if (isNote) {
      issue.notes.push(sent["body"]!);
      return { status: 201, json: { id: issue.notes.length } };
    }
    if (sent["title"] !== undefined) issue.title = sent["title"];
    if (sent["description"] !== undefined) issue.description = sent["description"];
    if (sent["state_event"] === "close") issue.state = "closed";
    return { json: issue };
  }

  private create({ title, description, labels }: Record<string, string>): Reply {
    return { status: 201, json: this.add({ title, description, labels: labels!.split(",") }) };
  }

  private page(query: URLSearchParams): GitlabIssue[] {
    const found = this.issues.filter(
      ({ state, labels }) => state === query.get("state") && labels.includes(query.get("labels")!),
    );
    const size = Number(query.get("per_page") ?? 20);
    const start = (Number(query.get("page") ?? 1) - 1) * size;
    return found.slice(start, start + size);
  }
}
