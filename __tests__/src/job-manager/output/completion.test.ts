import { spawnSync } from "node:child_process";
import { completionScript } from "../../../../src/job-manager/output/completion";
import { describeProgram } from "../../../../src/job-manager/program";

const nothing = (): Promise<void> => Promise.resolve();
const program = describeProgram({ offline: nothing, online: nothing });

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
  const check = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
  // The shell is not installed on each machine.
  expect(check.error ? 0 : check.status).toBe(0);
});
