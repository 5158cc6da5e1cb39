import { z } from "zod";
import { TemporaryFault, temporaryFault } from "../delivery/attempts";

/** A project of GitLab, and how to reach it. */
export interface GitlabProject {
  /** GitLab's API: `https://gitlab.example.com/api/v4`. */
  readonly apiUrl: string;
  readonly projectId: string;
  /** A token with the scope `api`. `CI_JOB_TOKEN` cannot write notes or issues. */
  readonly token: string;
}

/** Sends a request, as the global `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** GitLab refused a request. The message is for a person. */
export class GitlabError extends Error {
  override readonly name = "GitlabError";
}

const PAGE_SIZE = 100;

const userSchema = z.object({ id: z.int() });

/** The id of the user of a token. */
export async function ownId(api: GitlabApi): Promise<number> {
  return (await api.send("GET", "/user", userSchema)).id;
}

/** GitLab's API, for one attempt. */
export class GitlabApi {
  /**
   * @param refusals the message for each status of a refusal; `0` is for every other status
   * @param stop ends the requests
   */
  constructor(
    private readonly project: GitlabProject,
    private readonly fetch: Send,
    private readonly refusals: Readonly<Record<number, string>>,
    private readonly stop: AbortSignal,
  ) {}

  /** The objects of all pages. */
  async all<T>(path: string, item: z.ZodType<T>): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1; ; page++) {
      const items = await this.send("GET", `${path}&per_page=${PAGE_SIZE}&page=${page}`, z.array(item));
      found.push(...items);
      if (items.length < PAGE_SIZE) return found;
    }
  }

  /**
   * Sends a request.
   *
   * @throws TemporaryFault when another attempt may succeed
   * @throws GitlabError when GitLab refuses, or the answer is of another program
   */
  async send<T>(method: string, path: string, shape: z.ZodType<T>, body?: unknown): Promise<T> {
    const name = `${method} ${path.split("?")[0]!}`;
    const init: RequestInit = {
      method,
      headers: { "PRIVATE-TOKEN": this.project.token, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: "manual",
      signal: this.stop,
    };
    let answer: Response;
    let text: string;
    try {
      answer = await this.fetch(`${this.project.apiUrl}${path}`, init);
      text = await answer.text();
    } catch (error) {
      throw new TemporaryFault(`${name}: ${(error as Error).message}`);
    }
    const { status, ok } = answer;
    const fault = temporaryFault(name, answer);
    if (fault) throw fault;
    if (method === "DELETE" && status === 404) return undefined as T;
    if (!ok) throw new GitlabError(`${this.refusals[status] ?? this.refusals[0]}\n  ${name}: ${status}`);
    return readAnswer(name, text, shape);
  }
}

/** GitLab answers a deletion without a body. */
function readAnswer<T>(name: string, text: string, shape: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = text === "" ? undefined : JSON.parse(text);
  } catch {
    throw new GitlabError(`set CI_API_V4_URL to the address of GitLab's API: the answer is not JSON\n  ${name}`);
  }
  const answer = shape.safeParse(json);
  if (answer.success) return answer.data;
  throw new GitlabError(`set CI_API_V4_URL to the address of GitLab's API: the answer has another shape\n  ${name}`);
}
