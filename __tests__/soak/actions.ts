import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadEnvironment } from "../../src/env-files/load";
import { BOT, type GitlabNotesServer } from "../support/gitlab-notes-server";
import { envFile, jobData } from "../support/env-file";
import type { ProgramRun } from "../support/run-program";
import type { Chance } from "./chance";
import type { SoakCloud } from "./cloud";
import { ownerText, type Declared, type DeclaredJob, type Model, type Owner } from "./model";

export const OWNERS: readonly Owner[] = [
  { ref: "feature/a", user: "jennifer" },
  { ref: "feature/a", user: "tom" },
  { ref: "feature/b", user: "jennifer" },
  { ref: "fix/c", user: "lee" },
];
const KEYS = ["extract", "attribution", "campaigns", "validation"];
const READS = [
  ["plan"],
  ["list", "--all-branches"],
  ["status"],
  ["drift"],
  ["cleanup", "--older-than", "9", "--dry-run"],
];

/** What a client does, and what it says about dbt Cloud afterwards. */
export interface Action {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The branch whose jobs it may change. */
  readonly writes?: string;
  /** Updates the model after the end of the client, and returns what is wrong. `isAlone` when no other client wrote the branch. */
  readonly ended: (run: ProgramRun, isAlone: boolean) => readonly string[];
}

/** Makes random actions. Each has its own files in the folder. */
export class Actions {
  private count = 0;
  private pipeline = 0;
  private readonly mergeNote: string;

  constructor(
    private readonly chance: Chance,
    private readonly cloud: SoakCloud,
    private readonly gitlab: GitlabNotesServer,
    private readonly model: Model,
    private readonly folder: string,
  ) {
    this.mergeNote = gitlab.add("Looks good to me", BOT + 1).body;
  }

  /** @param withNote whether the action may write the note; pipelines of a merge request write it one after the other */
  random(withNote: boolean): Action {
    const owner = this.chance.pick(OWNERS);
    const kind = this.chance.below(10);
    if (kind < 4) return this.deploy(owner);
    if (kind === 4) return this.cleanup(owner);
    if (kind < 7) return this.run(owner);
    if (kind === 7) return this.importJobs();
    if (kind === 8 && withNote) return this.note();
    return this.read(owner);
  }

  deploy(owner: Owner): Action {
    const declared = this.someJobs();
    const key = ownerText(owner);
    return {
      args: ["deploy", "--yes", "--config", this.file(declared)],
      env: this.envOf(owner),
      writes: key,
      ended: ({ exitCode }, isAlone) => {
        if (exitCode === 0 && isAlone) this.model.known.set(key, declared);
        else this.model.known.delete(key);
        return [];
      },
    };
  }

  private cleanup(owner: Owner): Action {
    const key = ownerText(owner);
    // With the last job of a branch, a run drops its schema.
    this.model.mostRuns++;
    return {
      args: ["cleanup", "--branch", owner.ref, "--yes", "--cancel", "--config", this.file(this.someJobs())],
      env: this.envOf(owner),
      writes: key,
      ended: ({ exitCode }, isAlone) => {
        if (exitCode === 0 && isAlone) this.model.known.set(key, {});
        else this.model.known.delete(key);
        return [];
      },
    };
  }

  private run(owner: Owner): Action {
    this.model.mostRuns++;
    return {
      args: ["run", this.chance.pick(KEYS), "--json", "--config", this.file(this.allJobs())],
      env: this.envOf(owner),
      ended: ({ exitCode, stdout }) => {
        if (exitCode !== 0) return [];
        const { result } = JSON.parse(stdout) as { result: readonly { readonly run_id: number }[] };
        for (const { run_id } of result) this.model.reported.add(run_id);
        return [];
      },
    };
  }

  /** An import keeps the file as it was, or adds jobs to it. */
  private importJobs(): Action {
    const text = envFile({ jobs: { kept: jobData({ description: "A comment stays" }) } }).replace(
      "jobs:",
      "# kept\njobs:",
    );
    const folder = join(this.folder, String(this.count++));
    const file = join(folder, "prod.yaml");
    mkdirSync(folder);
    writeFileSync(file, text);
    return {
      args: ["import", "--write", "--config", file],
      env: this.envOf(OWNERS[0]!),
      ended: ({ exitCode }) => {
        const now = readFileSync(file, "utf8");
        if (now === text) return exitCode === 0 ? [`${file}: an import that succeeded added no job`] : [];
        const keys = Object.keys(loadEnvironment(file, {}).environment.jobs);
        return keys.includes("kept") && keys.length > 1 && now.includes("# kept")
          ? []
          : [`${file} has lost a job: ${now}`];
      },
    };
  }

  private note(): Action {
    const text = `Change ${this.count++}`;
    const file = join(this.folder, `${text}.md`);
    writeFileSync(file, text);
    if (this.chance.happens(0.5)) this.gitlab.faults.push({ request: /notes/, fault: "lost" });
    const pipeline = ++this.pipeline;
    this.gitlab.pipelines = [pipeline];
    return {
      args: ["note", file, "--output", `${file}.out`],
      env: {
        GITLAB_NOTE_TOKEN: this.gitlab.token,
        CI_API_V4_URL: this.gitlab.url,
        CI_MERGE_REQUEST_PROJECT_ID: "5",
        CI_MERGE_REQUEST_IID: "3",
        CI_PIPELINE_ID: String(pipeline),
        CI_JOB_URL: "https://gitlab.example.com/jobs/9",
      },
      ended: ({ exitCode }) => {
        this.gitlab.faults.splice(0);
        const own = this.gitlab.notes.filter(({ author }) => author.id === BOT);
        const others = this.gitlab.notes.filter(({ author }) => author.id !== BOT);
        return [
          ...(own.length > 1 ? [`the merge request has ${own.length} notes`] : []),
          ...(exitCode === 0 && !own[0]?.body.includes(text) ? [`the note does not have ${text}`] : []),
          ...(others.length === 1 && others[0]!.body === this.mergeNote ? [] : ["the note of a person has changed"]),
        ];
      },
    };
  }

  private read(owner: Owner): Action {
    const args = [...this.chance.pick(READS), "--config", this.file(this.someJobs())];
    return { args, env: this.envOf(owner), ended: () => [] };
  }

  private envOf({ ref, user }: Owner): Record<string, string> {
    return {
      DBTCLOUD_HOST_URL: this.cloud.url,
      DBTCLOUD_ACCOUNT_ID: String(this.cloud.accountId),
      DBTCLOUD_TOKEN: this.cloud.token,
      CI_COMMIT_REF_NAME: ref,
      GITLAB_USER_LOGIN: user,
    };
  }

  private someJobs(): Declared {
    const all = this.allJobs();
    const { attribution, ...others } = all;
    const kept = Object.entries(others).filter(() => this.chance.happens(0.7));
    return { attribution: attribution!, ...Object.fromEntries(kept) };
  }

  /** Four jobs with random values. `attribution` has a schedule, and starts `campaigns`. */
  private allJobs(): Declared {
    return Object.fromEntries(
      KEYS.map((key): [string, DeclaredJob] => {
        const more = {
          attribution: { schedule: { at: [`0${this.chance.below(10)}:00`] } },
          campaigns: { run_after: { job: "attribution" } },
        }[key];
        const variables: Record<string, string> = this.chance.happens(0.5)
          ? { DBT_WINDOW: String(this.chance.below(90)) }
          : {};
        const execute_steps = this.chance.pick([["dbt build"], ["dbt run", "dbt test"], ["dbt compile"]]);
        return [key, { execute_steps, threads: 1 + this.chance.below(8), environment_variables: variables, ...more }];
      }),
    );
  }

  /** The env file of a shared environment, in a folder of its own. */
  private file(jobs: Declared): string {
    const folder = join(this.folder, String(this.count++));
    mkdirSync(folder);
    const file = join(folder, "dev.yaml");
    const data = {
      name: "development",
      applied_by: "api",
      team: "marketing-team",
      project: { id: 102 },
      environment: { id: 999 },
      jobs: Object.fromEntries(Object.entries(jobs).map(([key, job]) => [key, jobData({ ...job })])),
    };
    writeFileSync(file, stringify(data, { aliasDuplicateObjects: false }));
    return file;
  }
}
