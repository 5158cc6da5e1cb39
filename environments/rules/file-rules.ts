import { closest } from "../../jobs/closest";
import { JOB_NAME_LIMIT, terraformJobName } from "../../jobs/names";
import type { Finding } from "../finding";
import { ONE_ADDRESS } from "./job-rules";
import { fileRule, jobRule, jobsOf, type FileFinding, type Rule, type Source } from "./rule";

/** Rules about a whole file, and about several files together. */
export const fileRules: readonly Rule[] = [
  fileRule("a file that Terraform applies names its branch", function* ({ applied_by, git_branch }) {
    if (applied_by === "terraform" && git_branch === undefined) {
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

  fileRule("a file has jobs", function* ({ jobs }) {
    if (Object.keys(jobs).length > 0) return;
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
    for (const key of ["moved_from", "adopt_job_id"] as const) {
      if (job[key] === undefined) continue;
      yield {
        path: [key],
        at: "key",
        got: job[key],
        reason: `\`${key}\` speaks to Terraform, and the API applies this file`,
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
      if (!JSON.stringify(value).includes(" ")) continue;
      yield {
        path: ["environment", "managed", "extended_attributes", key],
        reason: "provider 1.12.5 removes blanks inside values when it updates them",
        allowed: "values without blanks",
        fix: "choose a value without blanks",
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

  fileRule("a recipient is one address", function* ({ notifications }) {
    for (const [i, notification] of (notifications ?? []).entries()) {
      if (notification.email && notification.slack_channel) yield { path: ["notifications", i], ...ONE_ADDRESS };
    }
  }),

  {
    name: "an environment stands in one file",
    *check(sources) {
      yield* repeats(sources, ({ environment }) => environment.name, ["name"], "environment name");
      yield* repeats(
        sources.filter(({ environment }) => environment.applied_by === "terraform"),
        ({ environment }) => environment.environment && "id" in environment.environment && environment.environment.id,
        ["environment", "id"],
        "deployment environment",
      );
    },
  },

  {
    name: "what is managed is declared once",
    *check(sources) {
      const managing = sources.filter(({ environment: { project } }) => project && "managed" in project);
      const [owner, ...rest] = managing;
      for (const { file } of rest) {
        yield {
          file,
          path: ["project", "managed"],
          at: "key",
          reason: `${owner!.file} already manages the project, its repository and its connection`,
          allowed: "a managed project in one file only",
          fix: "apply that file first and refer to the project here by `id`",
        };
      }
    },
  },

  {
    name: "job names fit and differ",
    *check(sources) {
      const names = new Map<string, string>();
      for (const { source, key } of jobsOf(sources)) {
        const { name: environment, team, applied_by } = source.environment;
        if (environment === undefined || team === undefined || applied_by !== "terraform") continue;
        const name = terraformJobName({ team, key, environment });
        const place = { file: source.file, path: ["jobs", key], at: "key" } as const;
        if (name.length > JOB_NAME_LIMIT) yield { ...place, got: name, ...nameTooLong(name.length) };
        const first = names.get(name);
        if (first !== undefined) yield { ...place, got: name, ...nameTaken(first) };
        else names.set(name, `${source.file}, jobs.${key}`);
      }
    },
  },

  {
    name: "a job is adopted and moved once",
    *check(sources) {
      for (const key of ["adopt_job_id", "moved_from"] as const) {
        const seen = new Map<string, string>();
        for (const { source, key: job, job: draft } of jobsOf(sources)) {
          const value = draft[key];
          if (value === undefined) continue;
          const identity = key === "moved_from" ? `${source.file} ${value}` : String(value);
          const first = seen.get(identity);
          const place = { file: source.file, path: ["jobs", job, key], got: value };
          if (first !== undefined) {
            yield {
              ...place,
              reason: `${first} already takes it`,
              allowed: "each job once",
              fix: "keep it in one of the two",
            };
          }
          seen.set(identity, `${source.file}, jobs.${job}`);
          if (key === "moved_from" && Object.hasOwn(source.environment.jobs, value) && value !== job) {
            yield {
              ...place,
              reason: "a job of this file still has that key",
              allowed: "a key that no job has any more",
              fix: "rename the other job, or remove `moved_from`",
            };
          }
        }
      }
    },
  },

  {
    name: "deferral names a declared environment",
    *check(sources) {
      const known = new Map(sources.map(({ environment }) => [environment.name, environment]));
      const names = [...known.keys()].filter((name) => name !== undefined);
      for (const { source, key, job } of jobsOf(sources)) {
        if (typeof job.defer_to !== "object" || !("environment" in job.defer_to)) continue;
        const name = job.defer_to.environment;
        const place = { file: source.file, path: ["jobs", key, "defer_to", "environment"], got: name };
        const target = known.get(name);
        if (!target) {
          const suggestion = closest(name, names);
          yield {
            ...place,
            reason: "no env file has this environment",
            allowed: names.join(", "),
            fix: suggestion ? `did you mean \`${suggestion}\`?` : "name one of these",
          };
        } else if (target !== source.environment && target.environment && "managed" in target.environment) {
          yield {
            ...place,
            reason: `the id of \`${name}\` is not known here: its own file manages it`,
            allowed: "environments that are referred to by id, and this file's own",
            fix: `apply \`${name}\` first and refer to it by \`environment: { id: NUMBER }\``,
          };
        }
      }
    },
  },
];

function* repeats(
  sources: readonly Source[],
  valueOf: (source: Source) => string | number | false | undefined,
  path: Finding["path"],
  noun: string,
): Iterable<FileFinding> {
  const seen = new Map<string | number, string>();
  for (const source of sources) {
    const value = valueOf(source);
    if (!value) continue;
    const first = seen.get(value);
    if (first === undefined) {
      seen.set(value, source.file);
      continue;
    }
    yield {
      file: source.file,
      path,
      got: value,
      reason: `${first} already declares this ${noun}, so its jobs would be declared twice`,
      allowed: `each ${noun} in one file`,
      fix: "change it here, or put the jobs into one file",
    };
  }
}

function nameTooLong(length: number): Omit<Finding, "path"> {
  return {
    reason: `the job's name in dbt Cloud would have ${length} characters`,
    allowed: `at most ${JOB_NAME_LIMIT} characters for <team>-<key>-<environment>`,
    fix: "shorten the key",
  };
}

function nameTaken(first: string): Omit<Finding, "path"> {
  return {
    reason: `${first} already has this name in dbt Cloud`,
    allowed: "names <team>-<key>-<environment> that differ",
    fix: "rename one of the two keys",
  };
}
