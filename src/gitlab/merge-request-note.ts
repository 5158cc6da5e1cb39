import { z } from "zod";
import { persistently } from "../delivery/attempts";
import { GitlabApi, GitlabError, ownId, type GitlabProject, type Send } from "./gitlab-api";

/** The merge request, and how to reach it. */
export interface MergeRequest extends GitlabProject {
  /** The number of the merge request in its project. */
  readonly iid: string;
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
  readonly fetch: Send;
  /**
   * The time after which the note is given up, in milliseconds.
   *
   * @default 60000
   */
  readonly patience?: number;
}

/** What happened to the note. `outdated`: a newer pipeline of the merge request exists, and the note is left to it. */
export type NoteOutcome = "created" | "updated" | "outdated";

/** GitLab refuses a longer note. https://docs.gitlab.com/api/notes/ */
const LONGEST_NOTE = 1_000_000;
const PATIENCE_MILLISECONDS = 60_000;
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
 * @throws GitlabError when GitLab refuses the note, or does not accept it within a minute
 */
export async function writeNote(request: NoteRequest): Promise<NoteOutcome> {
  const { patience = PATIENCE_MILLISECONDS } = request;
  // An attempt looks for the note again, so that a write whose answer was lost makes no second note.
  return persistently(
    patience,
    (stop) => attemptNote(request, stop),
    (fault) =>
      new GitlabError(
        `start the job again: GitLab did not accept the note within ${patience / 1000} seconds (${fault})`,
      ),
  );
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
  private readonly api: GitlabApi;
  private readonly path: string;

  constructor({ mergeRequest, fetch }: NoteRequest, stop: AbortSignal) {
    const { projectId, iid } = mergeRequest;
    this.api = new GitlabApi(mergeRequest, fetch, REFUSALS, stop);
    this.path = `/projects/${encodeURIComponent(projectId)}/merge_requests/${encodeURIComponent(iid)}`;
  }

  /** The newest pipeline of the merge request; 0 when there is none. */
  async newestPipeline(): Promise<number> {
    const pipelines = await this.api.send("GET", `${this.path}/pipelines?per_page=100`, z.array(pipelineSchema));
    return Math.max(0, ...pipelines.map(({ id }) => id));
  }

  /** The notes that this token's user wrote with the mark, the oldest first. Others may quote the mark. */
  async ownNotes(): Promise<Note[]> {
    const id = await ownId(this.api);
    const notes = await this.api.all(`${this.path}/notes?order_by=created_at&sort=asc`, noteSchema);
    return notes.filter(({ author, body }) => author.id === id && body.startsWith(MARK));
  }

  async create(body: string): Promise<void> {
    await this.api.send("POST", `${this.path}/notes`, noteSchema, { body });
  }

  async update(id: number, body: string): Promise<void> {
    await this.api.send("PUT", `${this.path}/notes/${id}`, noteSchema, { body });
  }

  async remove(id: number): Promise<void> {
    await this.api.send("DELETE", `${this.path}/notes/${id}`, z.unknown());
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  0: "GitLab refused the note",
  401: "GITLAB_NOTE_TOKEN is not valid; make a new project access token with the scope api",
  403: "GITLAB_NOTE_TOKEN may not write notes; it needs the scope api and the role Reporter or higher",
  404: "GITLAB_NOTE_TOKEN cannot see this merge request; make it in the project of the merge request",
  409: "GitLab refused the note because of another change at the same time; start the job again",
};
