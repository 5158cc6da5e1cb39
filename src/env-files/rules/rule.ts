import type { EnvironmentDraft, JobDraft } from "../draft";
import type { Finding } from "../finding";
import type { KeyPath } from "../yaml-source";

/** An env file as the rules see it. Values that the schema refused are absent. */
export interface Source {
  readonly file: string;
  readonly environment: EnvironmentDraft;
  /**
   * Whether the schema refused a value, its key, or a misspelling of the key. A rule about a missing value checks this
   * first, because a refused value is not missing for the user.
   */
  readonly isRefused: (path: KeyPath) => boolean;
}

/** A finding in one of several files. */
export interface FileFinding extends Finding {
  readonly file: string;
}

/** A named rule about more than one value. It checks all files together and reports all findings. */
export interface Rule {
  readonly name: string;
  check(sources: readonly Source[]): Iterable<FileFinding>;
}

/** A job, with the data that a rule needs to check it and to report its place. */
export interface JobInFile {
  readonly source: Source;
  readonly key: string;
  readonly job: JobDraft;
  /** Whether the schema refused one of the job's values; see `Source.isRefused`. */
  readonly isRefused: (key: string) => boolean;
}

/** A rule that checks each job separately. The paths of its findings start at the job. */
export function jobRule(name: string, judge: (job: JobInFile) => Iterable<Finding>): Rule {
  return {
    name,
    *check(sources) {
      for (const found of jobsOf(sources)) {
        for (const finding of judge(found)) {
          yield {
            ...finding,
            file: found.source.file,
            path: ["jobs", found.key, ...finding.path],
          };
        }
      }
    },
  };
}

/** A rule that checks each file separately. */
export function fileRule(
  name: string,
  judge: (environment: EnvironmentDraft, source: Source) => Iterable<Finding>,
): Rule {
  return {
    name,
    *check(sources) {
      for (const source of sources) {
        for (const finding of judge(source.environment, source)) yield { ...finding, file: source.file };
      }
    },
  };
}

/** Every job of every file. */
export function* jobsOf(sources: readonly Source[]): Iterable<JobInFile> {
  for (const source of sources) {
    for (const [key, job] of Object.entries(source.environment.jobs)) {
      yield { source, key, job, isRefused: (name) => source.isRefused(["jobs", key, name]) };
    }
  }
}
