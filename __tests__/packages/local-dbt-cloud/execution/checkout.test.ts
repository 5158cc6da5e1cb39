import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOut, removeCheckout, type Wanted } from "../../../../packages/local-dbt-cloud/execution/checkout";

let folder: string;
let repo: string;
let target: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "checkout-")));
  repo = join(folder, "repo");
  target = join(folder, "target");
  mkdirSync(join(repo, "dbt"), { recursive: true });
  git("init", "--quiet", "--initial-branch", "main");
  commit("on main");
  git("checkout", "--quiet", "-b", "production");
  commit("on production");
  git("checkout", "--quiet", "main");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function git(...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", ["-C", repo, ...identity, ...args], { encoding: "utf8" }).trim();
}

function commit(text: string): void {
  writeFileSync(join(repo, "dbt", "dbt_project.yml"), `# ${text}\nprofile: p\n`);
  git("add", ".");
  git("commit", "--quiet", "-m", text);
}

function wanted(more: Partial<Wanted> = {}): Wanted {
  return { repo, subdirectory: "dbt", asked: null, environmentBranch: null, ...more };
}

describe("the files of a run", () => {
  it("are the working tree with uncommitted changes if it has the environment's branch", async () => {
    writeFileSync(join(repo, "dbt", "new.sql"), "");
    const { project, branch, lines } = await checkOut(wanted({ environmentBranch: "main" }), target);
    expect({ project, branch }).toEqual({ project: join(repo, "dbt"), branch: "main" });
    expect(lines).toEqual([
      `Project: ${repo}/dbt, the working tree (it has that branch checked out)`,
      `Checked out: main at ${git("rev-parse", "HEAD").slice(0, 7)}`,
      "1 files differ from that commit: dbt Cloud would not see what was not pushed",
    ]);
  });

  it("are those of the environment's branch if the working tree has another branch", async () => {
    const sha = git("rev-parse", "production");
    const checkout = await checkOut(wanted({ environmentBranch: "production" }), target);
    expect(checkout).toEqual({
      project: join(target, "dbt"),
      branch: "production",
      sha,
      lines: [
        `Project: ${target}/dbt, production at ${sha.slice(0, 7)} (the environment's branch), not the working tree`,
      ],
    });
    expect(readFileSync(join(checkout.project, "dbt_project.yml"), "utf8")).toContain("on production");
    await removeCheckout(repo, target);
    expect(existsSync(target)).toBe(false);
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
  });

  it("are the working tree, with a line in the log, if the environment's branch does not exist", async () => {
    const { lines } = await checkOut(wanted({ environmentBranch: "release" }), target);
    expect(lines[0]).toBe(
      `Project: ${repo}/dbt, the working tree (the repository has no branch release, which dbt Cloud would use)`,
    );
  });

  it("are those of the commit in the trigger", async () => {
    const sha = git("rev-parse", "production");
    const { project, branch } = await checkOut(wanted({ asked: sha, environmentBranch: "main" }), target);
    expect({ project, branch }).toEqual({ project: join(target, "dbt"), branch: null });
  });

  it.each(["nowhere", "--upload-pack=x", "HEAD~1", "abcdef0"])("cannot be those of %p", async (asked) => {
    await expect(checkOut(wanted({ asked }), target)).rejects.toThrow(`has no branch or commit ${asked}`);
  });

  it("are found from a folder in the repository", async () => {
    const inside = wanted({ repo: join(repo, "dbt"), subdirectory: null, environmentBranch: "production" });
    expect((await checkOut(inside, target)).project).toBe(join(target, "dbt"));
  });

  it.each(["..", "../repo/../..", "missing"])("are not searched in %p", async (subdirectory) => {
    writeFileSync(join(folder, "dbt_project.yml"), "profile: outside\n");
    await expect(checkOut(wanted({ subdirectory }), target)).rejects.toThrow("no dbt_project.yml in ");
  });
});
