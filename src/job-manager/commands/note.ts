import { readFileSync, writeFileSync } from "node:fs";
import { fetchThrough } from "../../dbt-cloud/transport";
import { GitlabError } from "../../gitlab/gitlab-api";
import { writeNote, type MergeRequest } from "../../gitlab/merge-request-note";
import { proxyFor } from "../connection";
import type { ResultOf } from "../output/result-schemas";
import { EXIT } from "../exit-codes";
import { CommandError, type CommandResult, type OfflineDependencies } from "./command";

export interface NoteOptions {
  /** Files with Markdown, in the order of the note. */
  readonly files: readonly string[];
  /** The file that gets the complete note. */
  readonly output: string;
}

/** The lines above the parts of the note. */
const HEADING = "## What this merge request changes";

/**
 * Joins Markdown files to one note, writes it to a file, and to the merge request of the pipeline. Without `GITLAB_NOTE_TOKEN` it
 * only writes the file.
 *
 * @throws CommandError when a file cannot be read, when there is no merge request, or when GitLab refuses the note
 */
export async function note({ files, output }: NoteOptions, { env }: OfflineDependencies): Promise<CommandResult> {
  const text = [HEADING, ...files.map(contentOf)].join("\n\n");
  writeFileSync(output, `${text}\n`);
  const token = env["GITLAB_NOTE_TOKEN"]?.trim();
  if (!token) {
    return {
      exitCode: EXIT.ok,
      text: `The note is in ${output}. With GITLAB_NOTE_TOKEN it is also in the merge request (docs/gitlab-ci.md).`,
      json: { file: output, outcome: "file" } satisfies ResultOf<"note">,
    };
  }
  const mergeRequest = mergeRequestOf(env, token);
  try {
    const outcome = await writeNote({
      mergeRequest,
      text,
      pipelineId: Number(required(env, "CI_PIPELINE_ID")),
      completeTextUrl: `${required(env, "CI_JOB_URL")}/artifacts/file/${output}`,
      fetch: fetchThrough(proxyFor(mergeRequest.apiUrl, env)),
    });
    const words = {
      created: "The merge request has a new note.",
      updated: "The note of the merge request is up to date.",
      outdated: "A newer pipeline of this merge request has started; the note is left to it.",
    };
    return { exitCode: EXIT.ok, text: words[outcome], json: { file: output, outcome } satisfies ResultOf<"note"> };
  } catch (error) {
    if (error instanceof GitlabError) throw new CommandError(EXIT.failed, error.message.split("\n"));
    throw error;
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new CommandError(EXIT.configuration, `${file} cannot be read: ${(error as Error).message}`);
  }
}

function mergeRequestOf(env: OfflineDependencies["env"], token: string): MergeRequest {
  const iid = env["CI_MERGE_REQUEST_IID"]?.trim();
  if (!iid) {
    throw new CommandError(
      EXIT.usage,
      "run it in the pipeline of a merge request: CI_MERGE_REQUEST_IID is not set, so there is nothing to write to",
    );
  }
  // In the pipeline of a fork, CI_PROJECT_ID is the fork.
  const projectId = required(env, "CI_MERGE_REQUEST_PROJECT_ID");
  return { apiUrl: required(env, "CI_API_V4_URL"), projectId, iid, token };
}

/** A variable that GitLab sets in each job. */
function required(env: OfflineDependencies["env"], name: string): string {
  const value = env[name]?.trim();
  if (!value)
    throw new CommandError(EXIT.configuration, `${name} is not set; GitLab sets it in each job of a pipeline`);
  return value;
}
