import { createColors } from "picocolors";
import type { Branch } from "../branch-jobs/branch";
import type { Difference } from "../branch-jobs/differences";
import type { OverrideChange, PlannedJob } from "../branch-jobs/plan";
import { printable } from "../../jobs/printable";
import { counted } from "./counted";
import { scheduleWords } from "./schedule-words";

/** A plan as text for people: a heading, the changes of each job, and the totals. */
export function planText(plan: readonly PlannedJob[], { owner, schema }: Branch, colors: boolean): string {
  const heading = [
    `${owner.team}, branch ${owner.ref} of ${owner.user}`,
    `environment ${owner.environment} of project ${owner.project}`,
    `schema ${schema}`,
  ];
  const changes = plan.filter(({ action }) => action !== "unchanged");
  return [printable(heading.join(" · ")), ...changes.flatMap((job) => jobLines(job, colors)), totalsLine(plan)].join(
    "\n",
  );
}

/** The number of jobs for each action. */
export function totalsOf(plan: readonly PlannedJob[]): Record<PlannedJob["action"], number> {
  const totals = { create: 0, update: 0, unchanged: 0, delete: 0 };
  for (const { action } of plan) totals[action]++;
  return totals;
}

function totalsLine(plan: readonly PlannedJob[]): string {
  const totals = totalsOf(plan);
  return `Plan: ${totals.create} to create, ${totals.update} to update, ${totals.delete} to delete, ${totals.unchanged} unchanged.`;
}

function jobLines(job: PlannedJob, colors: boolean): string[] {
  const { green, yellow, red, dim } = createColors(colors);
  switch (job.action) {
    case "create": {
      const { key, definition } = job.wanted;
      const steps = counted(definition.execute_steps.length, "step");
      return [`  ${green(`+ ${printable(key)}`)}  ${scheduleWords(definition)}, ${steps}`];
    }
    case "update": {
      const note = job.changedByHand ? dim("  changed in dbt Cloud after the last deploy") : "";
      return [
        `  ${yellow(`~ ${printable(job.wanted.key)}`)}  job ${job.record.id}${note}`,
        ...job.differences.map((difference) => `      ${differenceText(difference)}`),
        ...job.overrides.map((change) => `      ${overrideText(change)}`),
      ];
    }
    case "delete":
      return [`  ${red(`- ${printable(job.key)}`)}  job ${job.record.id}`];
    case "unchanged":
      return [];
  }
}

/** `execute_steps[0]: dbt build → dbt run` */
export function differenceText({ field, before, after }: Difference): string {
  return printable(`${field}: ${valueText(before)} → ${valueText(after)}`);
}

function overrideText({ name, before, after }: OverrideChange): string {
  return differenceText({ field: `environment_variables.${name}`, before: before?.value, after });
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "(none)";
  if (typeof value === "string") return value.includes("\n") ? JSON.stringify(value) : value;
  return JSON.stringify(value);
}
