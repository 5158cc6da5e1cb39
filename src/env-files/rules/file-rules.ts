import { fileRule, jobRule, type Rule } from "./rule";

/** Rules about the values of one file. */
export const fileRules: readonly Rule[] = [
  fileRule("a file that Terraform applies names its branch", function* ({ applied_by, git_branch }, source) {
    if (applied_by === "terraform" && git_branch === undefined && !source.isRefused(["git_branch"])) {
      yield {
        path: ["git_branch"],
        at: "key",
        reason: "`git_branch` is missing",
        allowed: "the branch whose merges apply this file",
        fix: "add for example `git_branch: main`",
      };
    }
    if (applied_by === "api" && git_branch !== undefined) {
      yield {
        path: ["git_branch"],
        at: "key",
        got: git_branch,
        reason: "a file applied by the API belongs to no branch: feature branches share it",
        allowed: "`git_branch` with `applied_by: terraform`",
        fix: "remove `git_branch`",
      };
    }
  }),

  fileRule("a file has jobs", function* ({ jobs }, source) {
    if (Object.keys(jobs).length > 0 || source.isRefused(["jobs"])) return;
    yield {
      path: ["jobs"],
      reason: "the file declares no job",
      allowed: "at least one job",
      fix: "add a job, or remove the file; an empty file would remove all jobs of the environment",
    };
  }),

  fileRule("the API manages jobs only", function* ({ applied_by, project, environment }) {
    if (applied_by !== "api") return;
    for (const [key, value] of Object.entries({ project, environment })) {
      if (!value || !("managed" in value)) continue;
      yield {
        path: [key],
        reason: `a file applied by the API cannot manage the ${key}`,
        allowed: "`{ id: NUMBER }`",
        fix: `refer to the ${key} by id, or set \`applied_by: terraform\``,
      };
    }
  }),

  jobRule("only Terraform moves and adopts", function* ({ source, job }) {
    if (source.environment.applied_by !== "api") return;
    for (const key of ["moved_from", "adopt_job_id", "adopt_override_ids"] as const) {
      if (job[key] === undefined) continue;
      yield {
        path: [key],
        at: "key",
        got: job[key],
        reason: `\`${key}\` is for Terraform, and the API applies this file`,
        allowed: `\`${key}\` in a file with \`applied_by: terraform\``,
        fix: `remove \`${key}\``,
      };
    }
  }),

  fileRule("a managed project has a managed environment", function* ({ project, environment }) {
    if (!project || !environment || !("managed" in project) || "managed" in environment) return;
    yield {
      path: ["environment"],
      reason: "a project that does not exist yet has no environment to refer to",
      allowed: "`environment: { managed: … }` beside a managed project",
      fix: "manage the environment as well, or refer to the project by id",
    };
  }),

  fileRule("a managed environment has one connection", function* ({ project, environment }) {
    if (!project || !environment || !("managed" in environment)) return;
    const own = environment.managed.connection !== undefined;
    if ("managed" in project && own) {
      yield {
        path: ["environment", "managed", "connection"],
        at: "key",
        reason: "the managed project already makes the connection",
        allowed: "the connection of `project.managed`",
        fix: "remove this `connection`",
      };
    }
    if (!("managed" in project) && !own) {
      yield {
        path: ["environment", "managed", "connection"],
        at: "key",
        reason: "`connection` is missing",
        allowed: "`{ id: NUMBER }` of an existing connection",
        fix: "add `connection: { id: NUMBER }`",
      };
    }
  }),

  fileRule("extended attributes survive the provider", function* ({ environment }) {
    if (!environment || !("managed" in environment)) return;
    for (const [key, value] of Object.entries(environment.managed.extended_attributes ?? {})) {
      if (!JSON.stringify([key, value]).includes(" ")) continue;
      yield {
        path: ["environment", "managed", "extended_attributes", key],
        reason: "provider 1.12.5 removes spaces when it updates extended attributes",
        allowed: "keys and values without spaces",
        fix: "choose a value without spaces",
      };
    }
  }),

  fileRule("clone strategies have their number", function* ({ project }) {
    if (!project || !("managed" in project)) return;
    const { repository } = project.managed;
    const needed = { deploy_token: "gitlab_project_id", github_app: "github_installation_id" } as const;
    for (const [strategy, key] of Object.entries(needed)) {
      if (repository.git_clone_strategy !== strategy || repository[key] !== undefined) continue;
      yield {
        path: ["project", "managed", "repository", key],
        at: "key",
        reason: `\`git_clone_strategy: ${strategy}\` needs \`${key}\``,
        allowed: "the number that the git host shows",
        fix: `add \`${key}\`, or use deploy_key`,
      };
    }
  }),
];
