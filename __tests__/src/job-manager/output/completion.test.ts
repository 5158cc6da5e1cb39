import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completionScript } from "../../../../src/job-manager/output/completion";
import { describeProgram } from "../../../../src/job-manager/program";

const nothing = (): Promise<void> => Promise.resolve();
const program = describeProgram({ offline: nothing, online: nothing, server: nothing });

/** The words that bash offers for the last of these words. */
function offered(...words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(" ");
  const script = `${completionScript("bash", program)}
COMP_WORDS=(dbt-job-manager ${line})
COMP_CWORD=${words.length}
_dbt_job_manager
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

describe("bash", () => {
  it("completes commands", () => {
    expect(offered("st")).toEqual(["status"]);
    expect(offered("")).toEqual(expect.arrayContaining(["plan", "deploy", "run", "logs", "cancel", "completion"]));
  });

  it("completes the options of each command", () => {
    expect(offered("cleanup", "--b")).toEqual(["--branch"]);
    expect(offered("plan", "--only", "a", "--ex")).toEqual(["--exit-code"]);
    expect(offered("list", "--exit")).toEqual([]);
  });

  it("offers nothing for an unknown command, so that bash completes file names", () => {
    expect(offered("unknown", "--")).toEqual([]);
    expect(completionScript("bash", program)).toContain("complete -o default ");
  });
});

it.each(["zsh", "fish"] as const)("%s gets every command and option", (shell) => {
  const script = completionScript(shell, program);
  for (const command of program.commands) {
    expect(script).toContain(command.name());
    for (const { long } of command.options) expect(script).toContain(long!.slice(2));
  }
});

/** Runs a test where the shell is installed, and else prints a line. */
function withShell(shell: "zsh" | "fish"): jest.It {
  if (!spawnSync(shell, ["--version"]).error) return it;
  process.stderr.write(`skipped: ${shell} is not installed, so its completion is not tried\n`);
  return it.skip;
}

describe("a completion in the shell itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "completion-"));
  const file = join(folder, "script");
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What the shell prints. It has a home of its own, and ends after 30 seconds at most. */
  const outputOf = (shell: "zsh" | "fish", args: readonly string[]): string => {
    writeFileSync(file, completionScript(shell, program));
    const env = { PATH: process.env["PATH"], HOME: folder, TERM: "dumb" };
    return spawnSync(shell, args, { encoding: "utf8", env, cwd: folder, timeout: 30_000 }).stdout;
  };

  withShell("fish").each([
    ["dbt-job-manager st", ["status"]],
    ["dbt-job-manager cleanup --br", ["--branch"]],
    ["dbt-job-manager plan --ex", ["--exit-code"]],
    ["dbt-job-manager list --ex", []],
  ])("fish offers for %p: %j", (line, words) => {
    const output = outputOf("fish", ["--no-config", "-c", `source ${file}; complete -C ${JSON.stringify(line)}`]);
    expect(output.split("\n").flatMap((one) => one.split("\t")[0] || [])).toEqual(words);
  });

  withShell("zsh").each([
    ["dbt-job-manager stat", "dbt-job-manager status "],
    ["dbt-job-manager cleanup --br", "dbt-job-manager cleanup --branch "],
  ])("zsh completes %p to %p after the tab key", (typed, line) => {
    const terminal = `
zmodload zsh/zpty
zpty z "zsh -f -i"
zpty -w z 'bindkey "^I" complete-word; source ${file}; print LOA""DED'
zpty -r z output '*LOADED*'
zpty -w -n z $'${typed}\\t'
zpty -r z output '*${line}*' && print -r -- "$output"`;
    expect(outputOf("zsh", ["-f", "-c", terminal])).toContain(line);
  });
});
