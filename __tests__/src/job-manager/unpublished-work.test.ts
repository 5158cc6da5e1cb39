import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readUnpublishedWork, tellUnpublishedWork } from "../../../src/job-manager/unpublished-work";
import { clonedRepository, gitRepository, type GitRepository } from "../../support/git-repository";

const REF = "feature/x";

let work: GitRepository;
let remote: GitRepository;
beforeEach(() => {
  ({ work, remote } = clonedRepository());
  work.git("checkout", "--quiet", "-b", REF);
});

const push = (): string => work.git("push", "--quiet", "origin", REF);
const change = (): void => {
  writeFileSync(join(work.folder, "model.sql"), "select 1");
};
const read = (ref = REF): ReturnType<typeof readUnpublishedWork> => readUnpublishedWork(work.folder, ref);

describe("work that dbt Cloud cannot see", () => {
  it("is empty when everything is pushed", async () => {
    push();
    expect(await read()).toEqual({ isOnRemote: true });
  });

  it("includes a branch that is missing on the remote", async () => {
    change();
    expect(await read()).toEqual({
      isOnRemote: false,
      note:
        "dbt Cloud cannot see branch feature/x, because origin does not have it: `git push --set-upstream origin feature/x`. " +
        "Not committed either: 1 file.",
    });
  });

  it("includes changes that are not committed and commits that are not pushed", async () => {
    push();
    work.commit("second");
    work.commit("third");
    change();
    expect((await read())?.note).toBe(
      "dbt Cloud runs what is on origin/feature/x, without 1 file with changes that are not committed and 2 commits that are not pushed.",
    );
  });

  it("is unknown for a different branch, without a repository, or without an answer", async () => {
    expect(await read("feature/y")).toBeUndefined();
    expect(await readUnpublishedWork("/", REF)).toBeUndefined();
    expect(await readUnpublishedWork(gitRepository().folder, "main")).toBeUndefined();
    work.git("remote", "set-url", "origin", `${remote.folder}-gone`);
    expect(await read()).toBeUndefined();
  });
});

describe("a command", () => {
  const told: string[] = [];
  const surroundings = (isLocal = false): Parameters<typeof tellUnpublishedWork>[2] => ({
    folder: work.folder,
    isLocal,
    progress: { note: (line) => void told.push(line) },
  });
  beforeEach(() => (told.length = 0));

  it("that starts runs is refused for a branch that the remote does not have", async () => {
    await expect(tellUnpublishedWork(REF, true, surroundings())).rejects.toThrow(
      /^Run `git push --set-upstream origin feature\/x` first\. dbt Cloud cannot see branch feature\/x.*Nothing was changed or run\.$/,
    );
    await tellUnpublishedWork(REF, false, surroundings());
    expect(told).toEqual([expect.stringContaining("dbt Cloud cannot see branch feature/x")]);
  });

  it("that uses the local dbt Cloud is not checked", async () => {
    await tellUnpublishedWork(REF, true, surroundings(true));
    expect(told).toEqual([]);
  });
});
