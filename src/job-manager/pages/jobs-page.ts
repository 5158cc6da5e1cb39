import type { EnvironmentDefinition } from "../../env-files/definition";
import { JOB_CATEGORIES, type JobDefinition } from "../../jobs/definition";
import { tableRow } from "../output/markdown";
import { scheduleWords } from "../output/schedule-words";

const INTRODUCTION = `<!-- Generated from environments/*.yaml by: npm run docs:generate -->

# The jobs of each environment

Times are UTC. \`npx dbt-job-manager show\` shows the next runs, and [env-files.md](env-files.md) explains the keys.
`;

/** The page of the documentation with the jobs of all env files, as Markdown. */
export function jobsPage(environments: readonly EnvironmentDefinition[]): string {
  return `${INTRODUCTION}\n${environments.map(environmentPart).join("\n")}`;
}

function environmentPart({ name, applied_by, git_branch, timezone, jobs }: EnvironmentDefinition): string {
  const applied =
    applied_by === "terraform"
      ? `Terraform applies these jobs from the branch \`${git_branch}\`.`
      : "Feature branches deploy their own copies of these jobs.";
  const inOrder = JOB_CATEGORIES.flatMap((category) =>
    Object.entries(jobs).filter(([, job]) => job.category === category),
  );
  return [`## ${name}`, "", applied, "", ...tableOf(inOrder, timezone), ""].join("\n");
}

function tableOf(jobs: readonly (readonly [string, JobDefinition])[], timezone: string): string[] {
  const rows = jobs.map(([key, job]) => {
    const late = job.sla ? deadlineWords(job.sla, timezone) : "";
    const steps = job.execute_steps.map((step) => `\`${step}\``).join("<br>");
    return [
      `\`${key}\``,
      job.category,
      job.description,
      scheduleWords(job),
      job.expects.join(", "),
      late,
      job.owner,
      steps,
    ];
  });
  const head = ["job", "category", "purpose", "start", "expects", "ends", "owner", "steps"];
  return [head, head.map(() => "---"), ...rows].map(tableRow);
}

/** The other times of the page are UTC, so only another zone has its name. */
function deadlineWords(
  { finish_by, target, timezone: own }: NonNullable<JobDefinition["sla"]>,
  timezone: string,
): string {
  const zone = own ?? timezone;
  return `by ${finish_by}${zone === "UTC" ? "" : ` ${zone}`}, ${target} %`;
}
