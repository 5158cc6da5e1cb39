import { readFileSync, writeFileSync } from "node:fs";
import { adopt, type Adoption } from "../../adoption/adopt";
import { jobsInDbtCloud, notificationRemarks } from "../../adoption/dbt-cloud-jobs";
import { openEnvFile, type EnvFileTarget } from "../../adoption/env-file-target";
import type { FoundJob, Remark } from "../../adoption/found-job";
import { jobsAsCode } from "../../adoption/jobs-as-code";
import { tfvarsJobs } from "../../adoption/tfvars";
import { ConfigurationError } from "../../env-files/problem";
import { readSettings } from "../../env-files/settings";
import { groupedBy } from "../../jobs/grouped";
import { printable } from "../../jobs/printable";
import { referencedId } from "../../jobs/reference";
import { markOf } from "../branch-jobs/mark";
import { connect } from "../connection";
import { EXIT } from "../exit-codes";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import { CommandError, type CommandDependencies, type CommandResult, type OfflineDependencies } from "./command";

export interface ImportOptions {
  /** The env file that gets the jobs. */
  readonly config: string;
  /** Writes the jobs into the env file instead of printing them. */
  readonly write: boolean;
}

export interface ImportFilesOptions extends ImportOptions {
  /** Files with jobs: `.tfvars` of Terraform, `.yml` or `.yaml` of dbt-jobs-as-code. */
  readonly files: readonly string[];
}

/**
 * Adopts the jobs of the env file's environment in dbt Cloud. Branch jobs of this program are left out.
 *
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when Terraform makes the environment, which then has no jobs to adopt
 */
export async function importFromDbtCloud(
  options: ImportOptions,
  dependencies: CommandDependencies,
): Promise<CommandResult> {
  const settings = readSettings(dependencies.env);
  const target = openEnvFile(options.config, settings);
  const projectId = referencedId(target.environment.project);
  const environmentId = referencedId(target.environment.environment);
  if (projectId === undefined || environmentId === undefined) {
    throw new CommandError(
      EXIT.failed,
      `${options.config} has no id of an existing project and environment, so there are no jobs to import; write \`environment: { id: NUMBER }\``,
    );
  }
  const client = connect(settings, dependencies);
  const isWanted = ({ description }: { description: string }): boolean => markOf(description) === undefined;
  const found = await jobsInDbtCloud(client, { projectId, environmentId }, isWanted);
  const adoption = adopt(found, target);
  const notifications = await notificationRemarks(client, (id) => adoption.keyById.get(id));
  return result(options, target, adoption, notifications);
}

/**
 * Adopts the jobs of files, offline.
 *
 * @throws ConfigurationError with all problems of the files and of the env file
 */
export async function importFromFiles(
  { files, ...options }: ImportFilesOptions,
  { env }: OfflineDependencies,
): Promise<CommandResult> {
  const target = openEnvFile(options.config, readSettings(env));
  const found: FoundJob[] = [];
  const remarks: Remark[] = [];
  for (const file of files) {
    const text = textOf(file);
    if (/\.ya?ml$/i.test(file)) found.push(...jobsAsCode(file, text));
    else {
      const { jobs, remarks: others } = await tfvarsJobs(file, text);
      found.push(...jobs);
      remarks.push(...others);
    }
  }
  return result(options, target, adopt(found, target), remarks);
}

function textOf(file: string): string {
  if (!/\.(?:tfvars|ya?ml)$/i.test(file)) {
    throw new ConfigurationError([
      {
        file,
        path: "",
        reason: "the kind of the file is unknown",
        allowed: ".tfvars of Terraform, .yml or .yaml of dbt-jobs-as-code",
        fix: "name such a file, or no file to import from dbt Cloud",
      },
    ]);
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(EXIT.configuration, `${file} cannot be read: ${(error as Error).message}`);
  }
}

function result(
  { write, config }: ImportOptions,
  target: EnvFileTarget,
  { added, present, yaml, text, remarks }: Adoption,
  others: readonly Remark[],
): CommandResult {
  const all = [...others, ...remarks];
  if (write && added.length > 0) writeFileSync(target.file, text);
  const there =
    present.length === 0 ? [] : [`${counted(present.length, "job")} already in ${config}: ${present.join(", ")}`];
  const wrote = added.length === 0 ? "No new jobs" : `${counted(added.length, "new job")}: ${added.join(", ")}`;
  const heading = [write ? `${wrote}${added.length > 0 ? `, written to ${config}` : ""}` : wrote, ...there];
  const words = [...heading, ...remarkLines(all)];
  // The printed text is valid YAML, so that it can be pasted or redirected as it is.
  const shown = write
    ? words
    : [
        ...words.map((line) => (line === "" ? "" : `# ${line}`)),
        ...(yaml === "" ? [] : ["", ...yaml.trimEnd().split("\n")]),
      ];
  const json: ResultOf<"import"> = {
    file: config,
    written: write && added.length > 0,
    added: [...added],
    present: [...present],
    yaml,
    remarks: all.map(({ value, ...remark }) => ({ ...remark, value: value ?? null })),
  };
  return { exitCode: EXIT.ok, text: shown.map(printable).join("\n"), json };
}

const HEADINGS: Readonly<Record<Remark["kind"], string>> = {
  lost: "Not in the YAML:",
  changed: "The next apply changes in dbt Cloud:",
  check: "Please check:",
};

/** The remarks by kind. Remarks with the same words are one line that names all its jobs. */
function remarkLines(remarks: readonly Remark[]): string[] {
  return (["lost", "changed", "check"] as const).flatMap((kind) => {
    const byWords = groupedBy(
      remarks.filter((one) => one.kind === kind),
      ({ field, value, reason, fix }) => JSON.stringify([field, kind === "check" ? "" : value, reason, fix]),
    );
    if (byWords.size === 0) return [];
    return ["", HEADINGS[kind], ...[...byWords.values()].flatMap(remarkText)];
  });
}

function remarkText(remarks: readonly Remark[]): string[] {
  const [{ field, value, reason, fix, kind }] = remarks as [Remark];
  const jobs = remarks
    .map(({ job }) => job)
    .filter(Boolean)
    .join(", ");
  const shown = value === undefined || kind === "check" ? "" : ` (${value})`;
  return [`- ${jobs === "" ? "" : `${jobs}: `}${field}${shown}: ${reason}`, `  fix: ${fix}`];
}
