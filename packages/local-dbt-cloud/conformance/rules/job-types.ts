import { contains, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

/** A body, and the type that it makes. */
const DERIVED = [
  ["other", "without a trigger", {}, "other"],
  ["scheduled", "with the schedule on", { triggers: { schedule: true } }, "scheduled"],
  ["github", "run by GitHub", { triggers: { github_webhook: true } }, "ci"],
  ["git-provider", "run by another git provider", { triggers: { git_provider_webhook: true } }, "ci"],
  ["manual-ci", "that says ci and has no trigger", { job_type: "ci" }, "ci"],
  ["on-merge", "run on merges", { triggers: { on_merge: true } }, "merge"],
  ["says-merge", "that says merge", { job_type: "merge" }, "merge"],
  ["adaptive", "that says adaptive", { job_type: "adaptive" }, "adaptive"],
  [
    "other-but-scheduled",
    "that says other with the schedule on",
    { job_type: "other", triggers: { schedule: true } },
    "scheduled",
  ],
  ["scheduled-but-other", "that says scheduled with the schedule off", { job_type: "scheduled" }, "other"],
] as const;

const FIXED = [
  [
    "ci-to-scheduled",
    "a ci job cannot become another",
    { triggers: { github_webhook: true } },
    { triggers: { schedule: true } },
  ],
  [
    "scheduled-to-ci",
    "another job cannot become ci",
    { triggers: { schedule: true } },
    { triggers: { github_webhook: true } },
  ],
  ["adaptive-to-other", "an adaptive job cannot become another", { job_type: "adaptive" }, { job_type: "other" }],
] as const;

const FEATURES = [
  ["ci", { triggers: { github_webhook: true }, cost_optimization_features: ["state_aware_orchestration"] }],
  ["merge", { triggers: { on_merge: true }, cost_optimization_features: ["dbt_state"] }],
  ["ci-forced", { job_type: "ci", force_node_selection: false }],
] as const;

export const jobTypes = group("job-types", [
  ...DERIVED.map(([id, words, body, job_type]) =>
    rule(id, `a job ${words} is of the type ${job_type}`, async (cloud) => {
      const { newJob } = await newProject(cloud);
      contains(await newJob(body), { job_type });
    }),
  ),
  rule(
    "follows-triggers",
    "new triggers decide the type again although the provider echoes the old one",
    async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob({ triggers: { schedule: true } });
      const path = `${cloud.v2}/jobs/${job.id}/`;
      contains(one(await cloud.post(path, { ...job, triggers: {} })), { job_type: "other" });
      contains(one(await cloud.post(path, { triggers: { on_merge: true } })), { job_type: "merge" });
      contains(one(await cloud.post(path, { triggers: { schedule: true } })), { job_type: "scheduled" });
    },
  ),
  rule("stays", "the type stays when an update does not touch the triggers", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const { id } = await newJob({ job_type: "ci" });
    contains(one(await cloud.post(`${cloud.v2}/jobs/${id}/`, { name: "pull requests" })), { job_type: "ci" });
  }),
  ...FIXED.map(([id, words, before, after]) =>
    rule(id, `${words}: 400 at \`job_type\``, async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob(before);
      refused(await cloud.post(`${cloud.v2}/jobs/${job.id}/`, after), 400, { job_type: text });
    }),
  ),
  ...FEATURES.map(([id, body]) =>
    rule(
      `no-features-${id}`,
      `state-aware orchestration in a job that git runs is refused with 405: ${JSON.stringify(body)}`,
      async (cloud) => {
        const { job } = await newProject(cloud);
        refused(await cloud.post(`${cloud.v2}/jobs/`, job(body)), 405);
      },
    ),
  ),
  rule("drops-features", "a job that git shall run loses features that the update does not speak of", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const { id } = await newJob({ cost_optimization_features: ["state_aware_orchestration"] });
    const merge = one(await cloud.post(`${cloud.v2}/jobs/${id}/`, { triggers: { on_merge: true } }));
    contains(merge, { job_type: "merge", cost_optimization_features: [], force_node_selection: true });
  }),
  rule(
    "refuses-echoed-features",
    "an update that asks for both, git and such features, is refused with 405",
    async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob({ cost_optimization_features: ["state_aware_orchestration"] });
      const path = `${cloud.v2}/jobs/${job.id}/`;
      refused(await cloud.post(path, { ...job, triggers: { on_merge: true } }), 405);
      contains(one(await cloud.post(path, { triggers: { on_merge: true }, cost_optimization_features: [] })), {
        job_type: "merge",
      });
    },
  ),
]);
