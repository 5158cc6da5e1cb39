import { createColors } from "picocolors";
import type { JobRecord } from "../../dbt-cloud/jobs";
import { printable } from "../../jobs/printable";
import type { DriftedJob } from "../drift/drift";
import { counted } from "./counted";
import { differenceText } from "./plan-text";
import { minute } from "./time";

/** How dbt Cloud differs from an env file. */
export interface Drift {
  /** The name of the environment. */
  readonly environment: string;
  /** The branch whose jobs are compared; absent when Terraform applies the file. */
  readonly branch?: string;
  /** The number of declared jobs. */
  readonly jobs: number;
  /** The keys of the declared jobs that are not in dbt Cloud. */
  readonly missing: readonly string[];
  readonly drifted: readonly DriftedJob[];
  /** The jobs of dbt Cloud that the env file does not declare. */
  readonly undeclared: readonly JobRecord[];
  /** The YAML of the undeclared jobs without a mark. */
  readonly undeclaredYaml: string;
  /** The secret values of jobs, which nobody can read. */
  readonly unseen: readonly string[];
  readonly urlOf: (record: JobRecord) => string;
}

/** The parts of dbt Cloud that the comparison does not read. */
const NOT_COMPARED = "Not compared: notifications, and the values of the environment and of the project.";

/** The differences as text for people, with the YAML lines to paste. */
export function driftText(found: Drift, colors: boolean): string {
  const { bold } = createColors(colors);
  const { environment, branch, missing, drifted, undeclared, undeclaredYaml, unseen, jobs, urlOf } = found;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [bold(title), ...lines, ""];
  return [
    ...section(
      "Declared, but not in dbt Cloud",
      missing.map((key) => `  ${printable(key)}`),
    ),
    ...section(
      "Different, env file → dbt Cloud",
      drifted.flatMap((job) => jobLines(job, urlOf)),
    ),
    ...section("In dbt Cloud, but not declared", [
      ...undeclared.map((record) => printable(`  ${record.name}  ${changed(record)}  ${urlOf(record)}`)),
      ...yamlLines("    to declare it:", undeclaredYaml),
    ]),
    ...section(
      "Values that dbt Cloud does not show",
      unseen.map((value) => `  ${printable(value)}`),
    ),
    printable(
      `${environment}${branch === undefined ? "" : `, branch ${branch}`}: ${counted(jobs, "declared job")}, ` +
        `${missing.length} missing, ${drifted.length} different, ${undeclared.length} not declared`,
    ),
    NOT_COMPARED,
  ].join("\n");
}

function jobLines({ key, record, differences, yaml, removed }: DriftedJob, urlOf: Drift["urlOf"]): string[] {
  return [
    printable(`  ${key}  ${changed(record)}  ${urlOf(record)}`),
    ...differences.map((difference) => `    ${differenceText(difference)}`),
    ...yamlLines("    to keep what dbt Cloud has:", yaml),
    ...(removed.length > 0 ? [`    to keep what dbt Cloud has, remove: ${removed.join(", ")}`] : []),
  ];
}

function changed({ updated_at }: JobRecord): string {
  return `changed ${minute(updated_at)} UTC`;
}

function yamlLines(title: string, yaml: string): string[] {
  if (yaml === "") return [];
  const lines = yaml.trimEnd().split("\n");
  return [title, ...lines.map((line) => printable(line === "" ? "" : `      ${line}`))];
}
