import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** The parts of a job that the tests read, with `extends`, references and defaults resolved. */
export interface PipelineJob {
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly variables?: Variables;
  readonly interruptible?: boolean;
  readonly resource_group?: string;
  readonly image?: { readonly name: string };
  readonly needs?: readonly { readonly job: string }[];
  readonly environment?: {
    readonly name: string;
    readonly on_stop?: string;
    readonly action?: string;
    readonly auto_stop_in?: string;
  };
  readonly artifacts?: {
    readonly when?: string;
    readonly access?: string;
    readonly paths: readonly string[];
    readonly reports?: { readonly terraform?: string; readonly junit?: string };
  };
}

interface Preview {
  readonly stages: readonly string[];
  readonly workflow: { readonly rules: readonly object[] };
  readonly variables: Variables;
}

interface ListedJob {
  readonly name: string;
  readonly when: string;
  readonly allow_failure: boolean;
}

type Variables = Readonly<Record<string, string>>;

/** A job that represents the whole pipeline, because gitlab-ci-local ignores `workflow: rules` when it lists jobs. */
const WORKFLOW = "the-pipeline-itself";

/** The pipeline of a `.gitlab-ci.yml`. gitlab-ci-local reads it in a git repository with no other file. */
export class GitlabPipeline {
  /** Every job by name. */
  readonly jobs: Readonly<Record<string, PipelineJob>>;
  /** The variables of all jobs. */
  readonly variables: Variables;
  /** The output of gitlab-ci-local when it checked the file against GitLab's schema. */
  readonly verdict: string;
  private readonly folder = mkdtempSync(join(tmpdir(), "gitlab-pipeline-"));

  constructor(file: string) {
    const text = readFileSync(file, "utf8");
    execFileSync("git", ["init", "--quiet", this.folder]);
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    execFileSync("git", [...identity, "commit", "--quiet", "--allow-empty", "-m", "empty"], { cwd: this.folder });

    this.write(text);
    const { stdout, stderr } = this.gitlabCiLocal("--preview");
    this.verdict = stderr;
    const { stages, workflow, variables, ...jobs } = parse(stdout) as Preview;
    this.jobs = jobs;
    this.variables = variables;

    const probe = JSON.stringify({ stage: stages[1], script: ["true"], rules: workflow.rules });
    this.write(`${text}\n${WORKFLOW}: ${probe}\n`);
  }

  /** The jobs in a situation, each as `name: when`. The list is empty when there is no pipeline. */
  jobsIn(situation: Variables): string[] {
    const { stdout } = this.gitlabCiLocal(
      "--list-json",
      "--no-json-schema-validation",
      "--ignore-predefined-vars",
      Object.keys(situation).join(","),
      ...Object.entries(situation).flatMap(([name, value]) => ["--variable", `${name}=${value}`]),
    );
    const listed = (JSON.parse(stdout) as ListedJob[]).filter(({ when }) => when !== "never");
    if (!listed.some(({ name }) => name === WORKFLOW)) return [];
    return listed
      .filter(({ name }) => name !== WORKFLOW)
      .map(({ name, when, allow_failure }) => `${name}: ${when}${allow_failure ? ", may be skipped" : ""}`);
  }

  /**
   * Runs a job's script in a folder as a runner does: in one shell, until the first failure.
   *
   * @param given the project's variables and the predefined variables. The job has no other environment variables
   */
  run(name: string, cwd: string, given: Variables): Promise<{ succeeded: boolean; output: string }> {
    const { variables, before_script, script } = this.jobs[name]!;
    const env = { ...expanded({ ...this.variables, ...variables }, given), ...given };
    return new Promise((resolve) => {
      const lines = [...before_script, ...script].join("\n");
      const shell = execFile("/bin/sh", ["-e", "-c", lines], { cwd, env }, (error, stdout, stderr) => {
        resolve({ succeeded: error === null, output: `${stdout}${stderr}` });
      });
      shell.stdin?.end();
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private write(text: string): void {
    writeFileSync(join(this.folder, ".gitlab-ci.yml"), text);
  }

  private gitlabCiLocal(...args: string[]): { stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [require.resolve("gitlab-ci-local"), ...args], {
      cwd: this.folder,
      // Leaves out a person's gitlab-ci-local settings and the variables of a pipeline that runs these tests.
      env: { PATH: process.env["PATH"], HOME: this.folder },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`gitlab-ci-local ${args.join(" ")} failed:\n${stdout}${stderr}`);
    return { stdout, stderr };
  }
}

/** Expands variables as GitLab does: a name without a value becomes an empty text. */
function expanded(variables: Variables, given: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      value.replace(/\$\{?(\w+)\}?/g, (_whole, other: string) => given[other] ?? ""),
    ]),
  );
}
