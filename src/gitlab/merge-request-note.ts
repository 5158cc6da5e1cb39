import { DelegateBackoff, handleWhen, retry, timeout, TimeoutStrategy, wrap, TaskCancelledError } from "cockatiel";
import { z } from "zod";

/** The merge request, and how to reach it. */
export interface MergeRequest {
  /** GitLab's API: `https://gitlab.example.com/api/v4`. */
  readonly apiUrl: string;
  readonly projectId: string;
  /** The number of the merge request in its project. */
  readonly iid: string;
  /** A token with the scope `api`. `CI_JOB_TOKEN` cannot write notes. */
  readonly token: string;
}

/** The note of a pipeline. */
export interface NoteRequest {
  readonly mergeRequest: MergeRequest;
  /** Markdown. */
  readonly text: string;
  /** The id of the pipeline. A greater id is a newer pipeline. */
  readonly pipelineId: number;
  /** A page with the complete text, for a note that is too long. */
  readonly completeTextUrl: string;
  /** Sends a request, as the global `fetch` does. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * The time after which the note is given up, in milliseconds.
   *
   * @default 60000
   */
  readonly patience?: number;
}

/** What happened to the note. `outdated`: a newer pipeline of the merge request exists, and the note is left to it. */
export type NoteOutcome = "created" | "updated" | "outdated";

/** GitLab refused the note. The message is for a person. */
export class NoteError extends Error {
  override readonly name = "NoteError";
}

/** GitLab did not answer as it should, but may do so at the next attempt. */
class TemporaryFault extends Error {
  /** @param pause the pause that GitLab asks for, in milliseconds */
  constructor(
    message: string,
    readonly pause = 0,
  ) {
    super(message);
  }
}

/** GitLab refuses a longer note. https://docs.gitlab.com/api/notes/ */
const LONGEST_NOTE = 1_000_000;
const PATIENCE_MILLISECONDS = 60_000;
const SHORTEST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 8_000;
const PAGE_SIZE = 100;
/** Invisible in the note; it finds the note again. */
const MARK = "<!-- dbt-job-manager note";

const userSchema = z.object({ id: z.int() });
const noteSchema = z.object({ id: z.int(), body: z.string(), author: userSchema });
const pipelineSchema = z.object({ id: z.int() });

type Note = z.output<typeof noteSchema>;

/**
 * Writes the note of a merge request. The merge request has one note of this program, which each pipeline updates. Doubles of the
 * note are removed, and a pipeline that ends after a newer one has started writes nothing.
 *
 * @throws NoteError when GitLab refuses the note, or does not accept it within a minute
 */
export async function writeNote(request: NoteRequest): Promise<NoteOutcome> {
  const { patience = PATIENCE_MILLISECONDS } = request;
  let fault = "no answer";
  const pauseBefore = (attempt: number, error: unknown): number => {
    const own = Math.min(SHORTEST_PAUSE_MILLISECONDS * 2 ** attempt, LONGEST_PAUSE_MILLISECONDS);
    return Math.max(own, error instanceof TemporaryFault ? error.pause : 0);
  };
  const attempts = retry(
    handleWhen((error) => {
      fault = error.message;
      return error instanceof TemporaryFault;
    }),
    {
      maxAttempts: Infinity,
      backoff: new DelegateBackoff(({ attempt, result }) =>
        pauseBefore(attempt, "error" in result ? result.error : undefined),
      ),
    },
  );
  // An attempt looks for the note again, so that a write whose answer was lost makes no second note.
  const policy = wrap(timeout(patience, TimeoutStrategy.Aggressive), attempts);
  try {
    return await policy.execute(({ signal }) => attemptNote(request, signal));
  } catch (error) {
    if (error instanceof NoteError) throw error;
    if (!(error instanceof TaskCancelledError)) throw error;
    throw new NoteError(
      `start the job again: GitLab did not accept the note within ${patience / 1000} seconds (${fault})`,
    );
  }
}

async function attemptNote(request: NoteRequest, stop: AbortSignal): Promise<NoteOutcome> {
  const api = new NotesApi(request, stop);
  if ((await api.newestPipeline()) > request.pipelineId) return "outdated";
  const body = noteBody(request);
  const [first, ...doubles] = await api.ownNotes();
  if (first) await api.update(first.id, body);
  else await api.create(body);
  for (const { id } of doubles) await api.remove(id);
  return first ? "updated" : "created";
}

/** The note with its mark. A text that is too long ends at a line, with a link to the complete one. */
function noteBody({ text, pipelineId, completeTextUrl }: NoteRequest): string {
  const mark = `${MARK}, pipeline ${pipelineId} -->`;
  const whole = `${mark}\n${text}\n`;
  if (whole.length <= LONGEST_NOTE) return whole;
  const link = `\n\n**This note is cut.** The complete text is in [the artifacts of the job](${completeTextUrl}).\n`;
  const room = text.slice(0, LONGEST_NOTE - mark.length - link.length - 1);
  return `${mark}\n${room.slice(0, room.lastIndexOf("\n"))}${link}`;
}

class NotesApi {
  constructor(
    private readonly request: NoteRequest,
    private readonly stop: AbortSignal,
  ) {}

  /** The newest pipeline of the merge request; 0 when there is none. */
  async newestPipeline(): Promise<number> {
    const pipelines = await this.send("GET", `${this.path}/pipelines?per_page=${PAGE_SIZE}`, z.array(pipelineSchema));
    return Math.max(0, ...pipelines.map(({ id }) => id));
  }

  /** The notes that this token's user wrote with the mark, the oldest first. Others may quote the mark. */
  async ownNotes(): Promise<Note[]> {
    const { id } = await this.send("GET", "/user", userSchema);
    const found: Note[] = [];
    for (let page = 1; ; page++) {
      const query = `per_page=${PAGE_SIZE}&page=${page}&order_by=created_at&sort=asc`;
      const notes = await this.send("GET", `${this.path}/notes?${query}`, z.array(noteSchema));
      found.push(...notes.filter(({ author, body }) => author.id === id && body.startsWith(MARK)));
      if (notes.length < PAGE_SIZE) return found;
    }
  }

  async create(body: string): Promise<void> {
    await this.send("POST", `${this.path}/notes`, noteSchema, { body });
  }

  async update(id: number, body: string): Promise<void> {
    await this.send("PUT", `${this.path}/notes/${id}`, noteSchema, { body });
  }

  async remove(id: number): Promise<void> {
    await this.send("DELETE", `${this.path}/notes/${id}`, z.unknown());
  }

  private get path(): string {
    const { projectId, iid } = this.request.mergeRequest;
    return `/projects/${encodeURIComponent(projectId)}/merge_requests/${encodeURIComponent(iid)}`;
  }

  private async send<T>(method: string, path: string, shape: z.ZodType<T>, body?: unknown): Promise<T> {
    const { mergeRequest, fetch } = this.request;
    const name = `${method} ${path.split("?")[0]!}`;
    const init: RequestInit = {
      method,
      headers: { "PRIVATE-TOKEN": mergeRequest.token, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: "manual",
      signal: this.stop,
    };
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${mergeRequest.apiUrl}${path}`, init);
      text = await answer.text();
    } catch (error) {
      throw new TemporaryFault(`${name}: ${(error as Error).message}`);
    }
    const { status, headers, ok } = answer;
    if (status === 429 || status >= 500) {
      throw new TemporaryFault(`${name}: ${status}`, (Number(headers.get("Retry-After")) || 0) * 1000);
    }
    if (method === "DELETE" && status === 404) return undefined as T;
    if (!ok) throw new NoteError(`${REFUSALS[status] ?? "GitLab refused the note"}\n  ${name}: ${status}`);
    return readAnswer(name, text, shape);
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: "GITLAB_NOTE_TOKEN is not valid; make a new project access token with the scope api",
  403: "GITLAB_NOTE_TOKEN may not write notes; it needs the scope api and the role Reporter or higher",
  404: "GITLAB_NOTE_TOKEN cannot see this merge request; make it in the project of the merge request",
  409: "GitLab refused the note because of another change at the same time; start the job again",
};

/** GitLab answers a deletion without a body. */
function readAnswer<T>(name: string, text: string, shape: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = text === "" ? undefined : JSON.parse(text);
  } catch {
    throw new NoteError(`set CI_API_V4_URL to the address of GitLab's API: the answer is not JSON\n  ${name}`);
  }
  const answer = shape.safeParse(json);
  if (!answer.success)
    throw new NoteError(`set CI_API_V4_URL to the address of GitLab's API: the answer has another shape\n  ${name}`);
  return answer.data;
}
