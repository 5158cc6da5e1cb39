import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFakeProject, type FakeProject } from "../../packages/local-dbt-cloud/conformance/fake-project";
import { start, type LocalDbtCloud } from "../../packages/local-dbt-cloud/start";

/** A job, a run or a variable as the API answers it, with the parts that the soak reads. */
export interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly execute_steps: readonly string[];
  readonly settings: { readonly threads: number };
  readonly triggers: { readonly schedule: boolean; readonly on_merge: boolean };
  readonly job_completion_trigger_condition: unknown;
}

export interface RunRow {
  readonly id: number;
  readonly job_definition_id: number;
  readonly trigger: { readonly cause: string; readonly cause_category: string };
}

const WORLD = {
  projects: [
    {
      id: 102,
      name: "Marketing Analytics",
      environment_variables: { DBT_SCHEMA: "marketing", DBT_WINDOW: "7" },
      environments: [
        { id: 999, name: "development" },
        { id: 302, name: "production" },
      ],
    },
  ],
};
const PAGE = 100;

/** A local dbt Cloud that keeps its state, and can be killed and started again at the same address. */
export class SoakCloud {
  private constructor(
    private readonly state: string,
    private readonly project: FakeProject,
    private server: LocalDbtCloud,
  ) {}

  /** @param branches the branches that the repository of the dbt project has */
  static async open(branches: readonly string[]): Promise<SoakCloud> {
    const project = makeFakeProject();
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    const git = (...args: string[]): void => {
      execFileSync("git", ["-C", project.folder, ...identity, ...args]);
    };
    git("init", "--quiet", "--initial-branch", "main");
    git("add", "dbt_project.yml");
    git("commit", "--quiet", "-m", "first");
    for (const branch of branches) git("branch", branch);
    const state = mkdtempSync(join(tmpdir(), "soak-cloud-"));
    return new SoakCloud(state, project, await serve(state, project, "0"));
  }

  get url(): string {
    return this.server.url;
  }

  get token(): string {
    return this.server.token;
  }

  get accountId(): number {
    return this.server.accountId;
  }

  /** Ends the server without a chance to finish anything, and starts it again with what is on disk. */
  async killAndStart(): Promise<void> {
    const { port } = new URL(this.url);
    this.server.process.kill("SIGKILL");
    await this.server.stop();
    this.server = await serve(this.state, this.project, port);
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.state, { recursive: true, force: true });
    this.project.remove();
  }

  /** Replaces the faults. */
  async order(...faults: readonly object[]): Promise<void> {
    await this.send("PUT", "/local/faults", faults);
  }

  /** Sends a request below the account and returns its data. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const [version, ...rest] = path.split("/");
    const text = await this.send(method, `/api/${version}/accounts/${this.accountId}/${rest.join("/")}`, body);
    return text === "" ? undefined : (JSON.parse(text) as { data: unknown }).data;
  }

  jobs(): Promise<JobRow[]> {
    return this.all<JobRow>("v2/jobs/");
  }

  runs(): Promise<RunRow[]> {
    return this.all<RunRow>("v2/runs/", `&include_related=${encodeURIComponent('["trigger"]')}`);
  }

  /** A job's own values of environment variables, by name. */
  async overridesOf(jobId: number): Promise<Record<string, string>> {
    const path = `v3/projects/102/environment-variables/job/?job_definition_id=${jobId}`;
    const rows = (await this.ask("GET", path)) as Record<string, { job?: { value: string } }>;
    return Object.fromEntries(Object.entries(rows).flatMap(([name, { job }]) => (job ? [[name, job.value]] : [])));
  }

  private async all<T>(path: string, more = ""): Promise<T[]> {
    const rows: T[] = [];
    for (;;) {
      const page = (await this.ask("GET", `${path}?order_by=id&limit=${PAGE}&offset=${rows.length}${more}`)) as T[];
      rows.push(...page);
      if (page.length < PAGE) return rows;
    }
  }

  private async send(method: string, path: string, body?: unknown): Promise<string> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Token ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return text;
  }
}

function serve(state: string, project: FakeProject, port: string): Promise<LocalDbtCloud> {
  return start({ repo: project.folder, state, world: WORLD, options: ["--faults", "--port", port] });
}
