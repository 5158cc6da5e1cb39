import { readRemoteBranches } from "../../../../src/job-manager/branch-jobs/remote-branches";
import { clonedRepository, gitRepository, type GitRepository } from "../../../support/git-repository";

/** Makes a branch with one commit and pushes it. */
function pushed({ git, commit }: GitRepository, branch: string): void {
  git("checkout", "--quiet", "-b", branch, "main");
  commit(branch);
  git("push", "--quiet", "origin", branch);
  git("checkout", "--quiet", "main");
}

function push({ git }: GitRepository): void {
  git("push", "--quiet", "origin", "main");
  git("fetch", "--quiet", "origin");
}

describe("a branch of the remote", () => {
  it("is merged when main has its commits, or when it does not exist", async () => {
    const { work } = clonedRepository();
    for (const branch of ["feature/open", "feature/merged", "feature/gone", "feature/merged-and-gone"])
      pushed(work, branch);
    for (const branch of ["feature/merged", "feature/merged-and-gone"]) {
      work.git("merge", "--quiet", "--no-ff", "-m", `Merge ${branch}`, branch);
    }
    push(work);
    work.git("push", "--quiet", "origin", "--delete", "feature/gone", "feature/merged-and-gone");
    const { isMerged } = await readRemoteBranches(work.folder);
    const branches = [
      "main",
      "feature/open",
      "feature/merged",
      "feature/gone",
      "feature/merged-and-gone",
      "feature/never",
    ];
    expect(branches.filter(isMerged)).toEqual([
      "feature/merged",
      "feature/gone",
      "feature/merged-and-gone",
      "feature/never",
    ]);
  });

  it("is not merged because a similar name is merged", async () => {
    const { work } = clonedRepository();
    for (const branch of ["x-y", "a/x", "X2"]) pushed(work, branch);
    const { isMerged } = await readRemoteBranches(work.folder);
    expect(["x-y", "a/x", "X2", "x", "y", "x2"].map(isMerged)).toEqual([false, false, false, true, true, true]);
  });

  it("is not merged while it has no commits", async () => {
    const { work } = clonedRepository();
    work.git("push", "--quiet", "origin", "main:refs/heads/feature/new");
    work.commit("main goes on");
    push(work);
    const { isMerged } = await readRemoteBranches(work.folder);
    expect(isMerged("feature/new")).toBe(false);
  });

  it("is not merged when the history of main is missing", async () => {
    const { work, remote } = clonedRepository();
    pushed(work, "feature/open");
    const clone = gitRepository();
    clone.git("remote", "add", "origin", remote.folder);
    const { isMerged } = await readRemoteBranches(clone.folder);
    expect([isMerged("feature/open"), isMerged("feature/gone")]).toEqual([false, true]);
  });

  it("is not a tag with its name", async () => {
    const { work } = clonedRepository();
    work.git("tag", "feature/tag");
    work.git("push", "--quiet", "origin", "feature/tag");
    expect((await readRemoteBranches(work.folder)).isMerged("feature/tag")).toBe(true);
  });
});

describe("a remote", () => {
  it("without a branch is an error", async () => {
    const work = gitRepository();
    work.git("remote", "add", "origin", gitRepository("--bare").folder);
    await expect(readRemoteBranches(work.folder)).rejects.toThrow("origin has no branch at all");
  });

  it("that does not exist is an error", async () => {
    const work = gitRepository();
    await expect(readRemoteBranches(work.folder)).rejects.toThrow("origin");
    work.git("remote", "add", "origin", "/nowhere/at/all");
    await expect(readRemoteBranches(work.folder)).rejects.toThrow("/nowhere/at/all");
  });
});
