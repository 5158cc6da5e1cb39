import { readUser, readWorkplace } from "../../../src/job-manager/workplace";
import { gitRepository, type GitRepository } from "../../support/git-repository";

let repository: GitRepository;
beforeEach(() => {
  repository = gitRepository();
  repository.commit("first");
  // The machine's own configuration may know a person.
  repository.git("config", "user.name", "");
});

const BRANCH =
  "environment  CI_COMMIT_REF_NAME: it is not set, and git does not know the branch: jobs and their schema are named after it";
const USER =
  "environment  GITLAB_USER_LOGIN: it is not set, and git does not know the person: jobs and their schema are named after it";

describe("the workplace of a person", () => {
  it("is read from GitLab's variables", () => {
    const env = { CI_COMMIT_REF_NAME: "feature/X_1", CI_COMMIT_REF_SLUG: "feature-x-1", GITLAB_USER_LOGIN: "jennifer" };
    expect(readWorkplace(env, "/")).toEqual({ ref: "feature/X_1", refSlug: "feature-x-1", user: "jennifer" });
  });

  it("is read from git on a laptop", () => {
    repository.git("checkout", "--quiet", "-b", "feature/X_1");
    repository.git("config", "user.name", "Jennifer Lopez");
    expect(readWorkplace({}, repository.folder)).toEqual({
      ref: "feature/X_1",
      refSlug: "feature-x-1",
      user: "Jennifer Lopez",
    });
  });

  it("may be a branch without a commit", () => {
    const fresh = gitRepository();
    expect(readWorkplace({ GITLAB_USER_LOGIN: "j" }, fresh.folder).ref).toBe("main");
  });

  it("is git's branch when the slug belongs to it, else the slug", () => {
    repository.git("checkout", "--quiet", "-b", "feature/x");
    const refOf = (slug: string): string =>
      readWorkplace({ CI_COMMIT_REF_SLUG: slug, GITLAB_USER_LOGIN: "j" }, repository.folder).ref;
    expect(refOf("feature-x")).toBe("feature/x");
    expect(refOf("other")).toBe("other");
  });

  it("is the slug when no branch is checked out, as in GitLab's runners", () => {
    repository.git("checkout", "--quiet", "--detach");
    const env = { CI_COMMIT_REF_SLUG: "feature-x", GITLAB_USER_LOGIN: "j" };
    expect(readWorkplace(env, repository.folder)).toEqual({ ref: "feature-x", refSlug: "feature-x", user: "j" });
  });

  it.each(["", "  "])("ignores a variable with the value %p", (empty) => {
    repository.git("config", "user.name", "j");
    const env = { CI_COMMIT_REF_NAME: empty, CI_COMMIT_REF_SLUG: empty, GITLAB_USER_LOGIN: empty };
    expect(readWorkplace(env, repository.folder)).toEqual({ ref: "main", refSlug: "main", user: "j" });
  });

  it("is reported as missing, with all missing values together", () => {
    repository.git("checkout", "--quiet", "--detach");
    expect(() => readWorkplace({}, repository.folder)).toThrow(
      [
        BRANCH,
        "  allowed: text",
        "  fix:     check out a branch, or set CI_COMMIT_REF_NAME to its name",
        "",
        USER,
        "  allowed: text",
        "  fix:     run `git config user.name NAME`, or set GITLAB_USER_LOGIN to your GitLab login",
        "",
        "2 problems",
      ].join("\n"),
    );
  });

  it("is reported as missing without a repository", () => {
    expect(() => readWorkplace({ GITLAB_USER_LOGIN: "j" }, "/")).toThrow(BRANCH);
    expect(() => readWorkplace({ GITLAB_USER_LOGIN: "j" }, "/nowhere")).toThrow(BRANCH);
  });
});

describe("the person", () => {
  it("is known without a branch", () => {
    expect(readUser({ GITLAB_USER_LOGIN: "j" }, "/")).toBe("j");
    expect(() => readUser({}, repository.folder)).toThrow(USER);
  });
});
