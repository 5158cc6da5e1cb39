import { closest } from "../../jobs/closest";
import type { NotificationDefinition } from "../../jobs/definition";
import { JOB_NAME_LIMIT, terraformJobName } from "../../jobs/names";
import { referencedId } from "../../jobs/reference";
import { pathText, type Finding } from "../finding";
import type { KeyPath } from "../yaml-source";
import { jobsOf, type FileFinding, type Rule, type Source } from "./rule";

/** Rules about several files, and about values that must be unique among all jobs. */
export const crossFileRules: readonly Rule[] = [
  {
    name: "an environment is in one file",
    *check(sources) {
      yield* repeats(sources, ({ environment }) => environment.name, ["name"], "environment name");
      yield* repeats(
        sources.filter(({ environment }) => environment.applied_by === "terraform"),
        ({ environment }) => referencedId(environment.environment),
        ["environment", "id"],
        "deployment environment",
      );
    },
  },

  {
    name: "branch jobs stay out of Terraform's environments",
    *check(sources) {
      const idOf = ({ environment: { environment } }: Source): number | undefined => referencedId(environment);
      const appliedBy = (who: string): Source[] =>
        sources.filter((source) => source.environment.applied_by === who && idOf(source) !== undefined);
      for (const source of appliedBy("api")) {
        const owner = appliedBy("terraform").find((other) => idOf(other) === idOf(source));
        if (!owner) continue;
        yield {
          file: source.file,
          path: ["environment", "id"],
          got: idOf(source),
          reason: `${owner.file} declares this deployment environment, and its jobs are applied by Terraform`,
          allowed: "the environment that feature branches share",
          fix: "change it here, or in the env var ENVIRONMENT_ID where that is set",
        };
      }
    },
  },

  {
    name: "a managed project is declared once",
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
        // Two files with the same environment name are one mistake, not one mistake for each job.
        const owner = sources.find((other) => other.environment.name === environment);
        if (owner !== source) continue;
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
    name: "a recipient has one address and one user",
    *check(sources) {
      const users = new Map<string, { user: number; place: string }>();
      for (const { file, path, notification } of notificationsOf(sources)) {
        if (notification.email && notification.slack_channel) {
          yield {
            file,
            path,
            reason: "a notification has one address",
            allowed: "`email` or `slack_channel`",
            fix: "write two notifications",
          };
        }
        const address = notification.email ?? notification.slack_channel?.id;
        if (address === undefined) continue;
        const first = users.get(address);
        if (first === undefined)
          users.set(address, { user: notification.user_id, place: `${file}, ${pathText(path)}` });
        else if (first.user !== notification.user_id) {
          yield {
            file,
            path: [...path, "user_id"],
            got: notification.user_id,
            reason: `${first.place} says user ${first.user} for the same address, and dbt Cloud keeps one notification for each address`,
            allowed: "one user_id for each address, in all files",
            fix: `write user_id: ${first.user}, or change both`,
          };
        }
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
              allowed: "a key that no job has now",
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
      // The environment may be in a file whose name is not known yet.
      if (sources.some(({ environment }) => environment.name === undefined)) return;
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
        } else if (source.environment.applied_by === "terraform" && target.applied_by === "api") {
          yield {
            ...place,
            reason: `\`${name}\` is shared by feature branches, and the env var ENVIRONMENT_ID may replace it`,
            allowed: "environments that Terraform applies",
            fix: "defer to one of these",
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

interface NotificationInFile {
  readonly file: string;
  readonly path: KeyPath;
  readonly notification: NotificationDefinition;
}

/** All notifications of all files. The notifications for a whole file come first. */
function* notificationsOf(sources: readonly Source[]): Iterable<NotificationInFile> {
  for (const { file, environment } of sources) {
    for (const [i, notification] of (environment.notifications ?? []).entries()) {
      yield { file, path: ["notifications", i], notification };
    }
  }
  for (const { source, key, job } of jobsOf(sources)) {
    for (const [i, notification] of (job.notifications ?? []).entries()) {
      yield { file: source.file, path: ["jobs", key, "notifications", i], notification };
    }
  }
}

function* repeats(
  sources: readonly Source[],
  valueOf: (source: Source) => string | number | undefined,
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
