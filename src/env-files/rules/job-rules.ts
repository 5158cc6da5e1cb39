import { refuseStep } from "../../jobs/dbt-step";
import { runsOnGitEvents } from "../../jobs/definition";
import { impossibleStart, startsOnItsDays } from "../../jobs/deadlines";
import { localTime } from "../../jobs/time-zone";
import { jobRule, type Rule } from "./rule";

/** Rules about the values of one job. */
export const jobRules: readonly Rule[] = [
  jobRule("a schedule or another job starts it, not both", function* ({ job }) {
    if (!job.schedule || !job.run_after) return;
    yield {
      path: ["run_after"],
      at: "key",
      reason: "a job with `schedule` cannot have `run_after` as well",
      allowed: "`schedule`, `run_after` or neither",
      fix: "remove one of the two; for an order without a trigger, keep `schedule` and write `expects`",
    };
  }),

  jobRule("git events and the clock do not mix", function* ({ job }) {
    if (!job.triggers || !runsOnGitEvents(job.triggers)) return;
    for (const key of ["schedule", "run_after"] as const) {
      if (!job[key]) continue;
      yield {
        path: [key],
        at: "key",
        reason: `a CI or merge job cannot have \`${key}\``,
        allowed: "`triggers` alone for a job that git events start",
        fix: `remove \`${key}\`, or make a second job for it`,
      };
    }
  }),

  jobRule("on_merge is alone", function* ({ job }) {
    const triggers = job.triggers;
    if (!triggers?.on_merge) return;
    if (!triggers.github_webhook && !triggers.git_provider_webhook) return;
    yield {
      path: ["triggers", "on_merge"],
      got: true,
      reason: "`on_merge` cannot be combined with another trigger",
      allowed: "`on_merge` alone, or webhooks without it",
      fix: "make one job for merges and one for requests",
    };
  }),

  jobRule("only a schedule can be paused", function* ({ job, isRefused }) {
    if (!job.paused || job.schedule || isRefused("schedule")) return;
    yield {
      path: ["paused"],
      got: true,
      reason: "there is no `schedule` to pause",
      allowed: "`paused` on a job with `schedule`",
      fix: "remove `paused`",
    };
  }),

  jobRule("drafts, lint and comparison are for CI jobs", function* ({ job }) {
    const triggers = job.triggers;
    if (!triggers || triggers.github_webhook || triggers.git_provider_webhook) return;
    for (const key of ["triggers_on_draft_pr", "run_lint", "run_compare_changes"] as const) {
      if (!job[key]) continue;
      yield {
        path: [key],
        got: true,
        reason: `\`${key}\` needs a CI job`,
        allowed: `\`${key}\` with github_webhook or git_provider_webhook`,
        fix: `remove \`${key}\`, or add the webhook under \`triggers\``,
      };
    }
  }),

  jobRule("comparison flags are flags of dbt", function* ({ job }) {
    if (job.compare_changes_flags === undefined) return;
    const refusal = refuseStep(`dbt build ${job.compare_changes_flags}`);
    if (refusal) yield { path: ["compare_changes_flags"], got: job.compare_changes_flags, ...refusal };
  }),

  jobRule("comparison needs an environment to compare with", function* ({ job, isRefused }) {
    if (!job.run_compare_changes || isRefused("defer_to")) return;
    if (typeof job.defer_to === "object" && "environment" in job.defer_to) return;
    yield {
      path: ["run_compare_changes"],
      got: true,
      reason: "`run_compare_changes` needs `defer_to` an environment",
      allowed: "`defer_to: { environment: NAME }` beside it",
      fix: "add `defer_to: { environment: production }`",
    };
  }),

  jobRule("cost optimization fits the job", function* ({ job }) {
    const features = job.cost_optimization_features ?? [];
    if (features.length === 0) return;
    const path = ["cost_optimization_features"];
    if (job.triggers && runsOnGitEvents(job.triggers)) {
      yield {
        path,
        got: features,
        reason: "dbt Cloud refuses cost optimization on CI and merge jobs",
        allowed: "none on jobs that git events start",
        fix: "remove `cost_optimization_features`",
      };
    }
    if (features.includes("dbt_state") && features.length > 1) {
      yield {
        path,
        got: features,
        reason: "`dbt_state` replaces the other features",
        allowed: "`[dbt_state]` alone",
        fix: "keep only `dbt_state`",
      };
    }
    if (job.dbt_version && !job.dbt_version.includes("fusion")) {
      yield {
        path,
        got: features,
        reason: `\`dbt_version: ${job.dbt_version}\` has no cost optimization`,
        allowed: "a fusion release track, or the environment's version",
        fix: "remove `dbt_version` or choose latest-fusion",
      };
    }
  }),

  jobRule("an SLA ends after the job starts", function* ({ source, job, isRefused }) {
    if (!job.sla) return;
    if (!job.schedule) {
      if (job.run_after || isRefused("schedule") || isRefused("run_after")) return;
      yield {
        path: ["sla"],
        at: "key",
        reason: "a job without `schedule` or `run_after` cannot be late",
        allowed: "`sla` on a job that starts by itself",
        fix: "add `schedule`, or remove `sla`",
      };
      return;
    }
    const timezone = source.environment.timezone ?? "UTC";
    const zone = job.sla.timezone ?? timezone;
    if (!startsOnItsDays(job.sla, job.schedule, timezone)) {
      yield {
        path: ["sla", "days"],
        got: job.sla.days,
        reason: "the job never starts on these days",
        allowed: `days on which the job starts, in the time zone ${zone}`,
        fix: "choose other days, or remove `days`",
      };
      return;
    }
    const start = impossibleStart(job.sla, job.schedule, timezone);
    if (!start) return;
    const { day, minutes } = localTime(start, zone);
    yield {
      path: ["sla", "finish_by"],
      got: job.sla.finish_by,
      reason: `the job would have to finish before it starts: on ${day} it first starts at ${clockTime(minutes)} ${zone}`,
      allowed: `a time after ${clockTime(minutes)} ${zone}`,
      fix: "choose a later `finish_by`, or an earlier schedule",
    };
  }),

  jobRule("a job is moved or adopted, not both", function* ({ job, key }) {
    if (job.moved_from === key) {
      yield {
        path: ["moved_from"],
        got: job.moved_from,
        reason: "the job already has this key",
        allowed: "the job's former key",
        fix: "remove `moved_from`",
      };
    }
    if (!job.moved_from || !job.adopt_job_id) return;
    yield {
      path: ["adopt_job_id"],
      got: job.adopt_job_id,
      reason: "Terraform cannot move and adopt the same job",
      allowed: "`moved_from` or `adopt_job_id`",
      fix: "remove one of the two",
    };
  }),

  jobRule("values of variables are adopted with their job", function* ({ source, job }) {
    const { project } = source.environment;
    const variables = job.environment_variables ?? {};
    const isPossible = job.adopt_job_id !== undefined && !(project && "managed" in project);
    for (const [name, id] of Object.entries(job.adopt_override_ids ?? {})) {
      if (isPossible && Object.hasOwn(variables, name)) continue;
      yield {
        path: ["adopt_override_ids", name],
        at: "key",
        got: id,
        reason: isPossible ? "the job has no such variable" : "only a job that is adopted has values to adopt",
        allowed: isPossible
          ? Object.keys(variables).join(", ") || "none"
          : "`adopt_job_id` beside it, and a project by its id",
        fix: `remove \`${name}\`, or add ${isPossible ? "it to `environment_variables`" : "`adopt_job_id`"}`,
      };
    }
  }),
];

function clockTime(minutes: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
