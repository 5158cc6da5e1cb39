import { readFileSync } from "node:fs";
import { note } from "../../../../src/job-manager/commands/note";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { envFolder } from "../../../support/env-folder";
import { GitlabNotesServer } from "../../../support/gitlab-notes-server";

let gitlab: GitlabNotesServer;
let folder: string;

beforeEach(async () => {
  gitlab = new GitlabNotesServer();
  await gitlab.listen();
  folder = envFolder({ "staging.md": "### Staging\n", "production.md": "### Production\n" });
});
afterEach(() => gitlab.close());

function run(env: Readonly<Record<string, string | undefined>> = {}): Promise<CommandResult> {
  return note(
    { files: [`${folder}/staging.md`, `${folder}/production.md`], output: `${folder}/note.md` },
    {
      env: {
        GITLAB_NOTE_TOKEN: gitlab.token,
        CI_API_V4_URL: gitlab.url,
        CI_MERGE_REQUEST_PROJECT_ID: "5",
        CI_MERGE_REQUEST_IID: "3",
        CI_PIPELINE_ID: "40",
        CI_JOB_URL: "https://gitlab.example.com/jobs/9",
        ...env,
      },
      now: new Date(0),
      colors: false,
    },
  );
}

const TEXT = "## What this merge request changes\n\n### Staging\n\n### Production\n";

describe("the note of a merge request", () => {
  it("has the parts in order, and is updated by the next pipeline", async () => {
    expect(await run()).toMatchObject({ exitCode: 0, json: { outcome: "created" } });
    expect(await run({ CI_PIPELINE_ID: "41" })).toMatchObject({ exitCode: 0, json: { outcome: "updated" } });
    expect(gitlab.notes.map(({ body }) => body)).toEqual([`<!-- dbt-job-manager note, pipeline 41 -->\n${TEXT}`]);
    expect(readFileSync(`${folder}/note.md`, "utf8")).toBe(TEXT);
  });

  it("is found behind other notes, and is not one that a person quotes or wrote", async () => {
    for (let i = 0; i < 150; i++) gitlab.add("a comment", 1);
    const quoted = gitlab.add("<!-- dbt-job-manager note, pipeline 1 --> by a person", 1);
    const quoting = gitlab.add("> <!-- dbt-job-manager note, pipeline 1 -->");
    await run();
    await run();
    expect(gitlab.notes).toHaveLength(153);
    expect([quoted.body, quoting.body].join()).not.toContain("### Staging");
    expect(gitlab.notes.at(-1)!.body).toContain("### Staging");
  });

  it("is left to a newer pipeline of the merge request, which may end earlier", async () => {
    gitlab.pipelines = [41, 40];
    await run({ CI_PIPELINE_ID: "41" });
    expect(await run({ CI_PIPELINE_ID: "40" })).toMatchObject({ exitCode: 0, json: { outcome: "outdated" } });
    expect(gitlab.notes.map(({ body }) => body)).toEqual([expect.stringContaining("pipeline 41")]);
  });

  it.each([
    ["the answer to its creation is lost", { request: /^POST/, fault: "lost" as const }],
    ["GitLab fails", { request: /^GET .*notes/, fault: { status: 502 } }],
    ["GitLab asks to wait", { request: /^POST/, fault: { status: 429, headers: { "Retry-After": "1" } } }],
  ])("is written once when %s", async (_name, fault) => {
    gitlab.faults.push(fault);
    await run();
    expect(gitlab.faults).toEqual([]);
    expect(gitlab.notes).toHaveLength(1);
  });

  it("removes doubles that two pipelines left", async () => {
    for (const id of [1, 2]) gitlab.add(`<!-- dbt-job-manager note, pipeline ${id} -->`);
    gitlab.faults.push({ request: /^DELETE/, fault: { status: 404 } });
    await run();
    await run();
    expect(gitlab.notes.map(({ id }) => id)).toEqual([1]);
  });

  it("is cut at GitLab's limit, with a link to the complete text", async () => {
    const long = envFolder({ "long.md": "a line of the plan\n".repeat(70_000) });
    folder = envFolder({ "staging.md": readFileSync(`${long}/long.md`, "utf8"), "production.md": "" });
    await run();
    const { body } = gitlab.notes[0]!;
    expect(body.length).toBeLessThanOrEqual(1_000_000);
    expect(body).toMatch(
      /a line of the plan\n\n\*\*This note is cut.\*\* .*\(https:\/\/gitlab\.example\.com\/jobs\/9\/artifacts/,
    );
    expect(readFileSync(`${folder}/note.md`, "utf8").length).toBeGreaterThan(1_300_000);
  });

  it.each([
    [401, "GITLAB_NOTE_TOKEN is not valid"],
    [403, "GITLAB_NOTE_TOKEN may not write notes"],
    [404, "GITLAB_NOTE_TOKEN cannot see this merge request"],
    [409, "GitLab refused the note because of another change"],
    [302, "GitLab refused the note"],
  ])("says what to do when GitLab answers %i, and does not try again", async (status, message) => {
    gitlab.faults.push({ request: /./, fault: { status, headers: { Location: "https://elsewhere.example.com" } } });
    await expect(run()).rejects.toThrow(message);
    expect(gitlab.requests).toHaveLength(1);
  });

  it("is only a file without a token, and one line says so", async () => {
    const { exitCode, text } = await run({ GITLAB_NOTE_TOKEN: " " });
    expect({ exitCode, lines: text.split("\n").length }).toEqual({ exitCode: 0, lines: 1 });
    expect(text).toContain("GITLAB_NOTE_TOKEN");
    expect(gitlab.requests).toEqual([]);
    expect(readFileSync(`${folder}/note.md`, "utf8")).toBe(TEXT);
  });

  it.each(["CI_MERGE_REQUEST_IID", "CI_API_V4_URL", "CI_PIPELINE_ID"])("names %s when it is missing", async (name) => {
    await expect(run({ [name]: undefined })).rejects.toThrow(name);
    expect(gitlab.requests).toEqual([]);
  });
});
