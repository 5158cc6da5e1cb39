import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start, type LocalDbtCloud } from "../../packages/local-dbt-cloud/start";
import { cloneCheckout, ROOT } from "../machines/checkout";
import { GitlabNotesServer } from "../support/gitlab-notes-server";

/** The end of a command. */
export interface Ended {
  /** null when a signal ended the command. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Everything that it printed. */
  readonly output: string;
}

/** A job as the API answers it. */
export interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly updated_at: string;
  readonly settings: { readonly threads: number };
}

/** The branch on which the story's person works. */
export const BRANCH = "feature/end-to-end";
const PERSON = { name: "Tester", email: "tester@example.com" };
const PIPELINE = { CI_PROJECT_ID: "5", CI_MERGE_REQUEST_PROJECT_ID: "5", CI_MERGE_REQUEST_IID: "3" };
/** Programs and generated files that a clone does not have. */
const NOT_IN_GIT = ["node_modules", ".venv", "dist"];

/** A clone of this checkout with a remote, a local dbt Cloud that runs the clone's dbt project, and GitLab's notes. */
export class Workplace {
  private pipeline = 0;

  private constructor(
    private readonly folder: string,
    /** The clone. */
    readonly checkout: string,
    private readonly cloud: LocalDbtCloud,
    readonly gitlab: GitlabNotesServer,
  ) {}

  static async open(): Promise<Workplace> {
    const folder = mkdtempSync(join(tmpdir(), "end-to-end-"));
    const checkout = join(folder, "checkout");
    const remote = join(folder, "remote.git");
    cloneCheckout(checkout);
    for (const name of NOT_IN_GIT) symlinkSync(join(ROOT, name), join(checkout, name));
    writeFileSync(join(checkout, ".git", "info", "exclude"), NOT_IN_GIT.join("\n"));
    const git = (...args: string[]): void => void execFileSync("git", args, { cwd: checkout, stdio: "pipe" });
    git("config", "user.name", PERSON.name);
    git("config", "user.email", PERSON.email);
    git("checkout", "--quiet", "-B", "main");
    git("init", "--quiet", "--bare", remote);
    git("remote", "set-url", "origin", remote);
    git("branch", "--quiet", "production");
    git("push", "--quiet", "origin", "main", "production");
    git("fetch", "--quiet", "--prune", "origin");
    const gitlab = new GitlabNotesServer();
    await gitlab.listen();
    const cloud = await start({ repo: checkout, state: join(folder, "cloud"), options: ["--faults"] });
    return new Workplace(folder, checkout, cloud, gitlab);
  }

  async close(): Promise<void> {
    await this.cloud.stop();
    await this.gitlab.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs git in the clone and returns its output. */
  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.checkout, encoding: "utf8", stdio: "pipe" }).trim();
  }

  /** Replaces a text of a file in the clone. It must be there. */
  edit(file: string, before: string | RegExp, after: string): void {
    const path = join(this.checkout, file);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(before, after);
    if (changed === text) throw new Error(`${file} does not have ${String(before)}`);
    writeFileSync(path, changed);
  }

  /** Runs a program of the project as the pipeline of the merge request does. */
  run(program: "dbt-job-manager" | "cdktf", ...args: readonly string[]): Promise<Ended> {
    return this.start(program, ...args).ended;
  }

  /** Starts a program of the project, in a process group that a test can kill. */
  start(
    program: "dbt-job-manager" | "cdktf",
    ...args: readonly string[]
  ): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const child = spawn(join(this.checkout, "node_modules", ".bin", program), args, {
      cwd: this.checkout,
      env: this.environment(),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, output] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode) => {
        resolve({ exitCode, stdout, output });
      });
    });
    return { child, ended };
  }

  /** The number of the next pipeline of the merge request. */
  nextPipeline(): void {
    this.gitlab.pipelines = [++this.pipeline];
  }

  /** Replaces the faults of the local dbt Cloud. */
  async order(...faults: readonly object[]): Promise<void> {
    await this.request("PUT", "/local/faults", faults);
  }

  /** The jobs of an environment, all of them below one hundred. */
  async jobs(environmentId: number): Promise<JobRow[]> {
    const path = `/api/v2/accounts/${this.cloud.accountId}/jobs/?environment_id=${environmentId}`;
    return (await this.request("GET", path)).data as JobRow[];
  }

  /** The runs of a job. */
  async runs(jobId: number): Promise<{ readonly id: number; readonly status: number }[]> {
    const path = `/api/v2/accounts/${this.cloud.accountId}/runs/?job_definition_id=${jobId}`;
    return (await this.request("GET", path)).data as { id: number; status: number }[];
  }

  /** Changes a job as a person does in dbt Cloud. */
  async change(job: JobRow, more: object): Promise<void> {
    await this.request("POST", `/api/v2/accounts/${this.cloud.accountId}/jobs/${job.id}/`, { ...job, ...more });
  }

  /** Deletes a job as a person does in dbt Cloud. */
  async remove(jobId: number): Promise<void> {
    await this.request("DELETE", `/api/v2/accounts/${this.cloud.accountId}/jobs/${jobId}/`);
  }

  private async request(method: string, path: string, body?: unknown): Promise<{ readonly data: unknown }> {
    const response = await fetch(`${this.cloud.url}${path}`, {
      method,
      headers: { authorization: `Token ${this.cloud.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { data: unknown };
  }

  private environment(): Record<string, string | undefined> {
    const { url, token, accountId } = this.cloud;
    const branch = this.git("branch", "--show-current");
    return {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      TF_CLI_CONFIG_FILE: process.env["TF_CLI_CONFIG_FILE"],
      XDG_STATE_HOME: join(this.folder, "state"),
      CHECKPOINT_DISABLE: "1",
      CI: "true",
      CDKTF_SKIP_PROVIDER_LOCK: "true",
      DBT_CLOUD_RETRY_INTERVAL_SECONDS: "1",
      DBTCLOUD_HOST_URL: url,
      DBTCLOUD_ACCOUNT_ID: String(accountId),
      DBTCLOUD_TOKEN: token,
      DBT_CLOUD_TOKEN: token,
      TERRAFORM_BINARY_NAME: join(this.checkout, "node_modules", ".bin", "guarded-terraform"),
      CI_COMMIT_BRANCH: branch,
      CI_COMMIT_REF_NAME: branch,
      GITLAB_USER_LOGIN: "tester",
      GITLAB_NOTE_TOKEN: this.gitlab.token,
      CI_API_V4_URL: this.gitlab.url,
      CI_PIPELINE_ID: String(this.pipeline),
      CI_JOB_URL: "https://gitlab.example.com/jobs/1",
      ...PIPELINE,
    };
  }
}
