import type { Data } from "../cloud";
import { absent, contains, equal, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

interface Time {
  readonly type: string;
  readonly interval?: number;
  readonly hours?: readonly number[];
}

const HOURLY: Time = { type: "every_hour", interval: 1 };
const EVERY_3_HOURS: Time = { type: "every_hour", interval: 3 };

/** A schedule, its cron expression, and the keys of `date` in the answer besides its type. */
const COMPUTED = [
  ["every-hour", "every hour of every day", { type: "every_day" }, HOURLY, "0 * * * *", {}],
  ["every-n-hours", "every sixth hour", { type: "every_day" }, { type: "every_hour", interval: 6 }, "0 */6 * * *", {}],
  ["at-hours", "at hours", { type: "every_day" }, { type: "at_exact_hours", hours: [5, 9] }, "0 5,9 * * *", {}],
  [
    "on-days",
    "on days, in the order sent",
    { type: "days_of_week", days: [5, 1] },
    HOURLY,
    "0 * * * 5,1",
    { days: [5, 1] },
  ],
  [
    "on-days-at-hours",
    "on days at hours",
    { type: "days_of_week", days: [0] },
    { type: "at_exact_hours", hours: [7] },
    "0 7 * * 0",
    { days: [0] },
  ],
  [
    "cron",
    "by a cron expression",
    { type: "custom_cron", cron: "5 4 1 * *" },
    HOURLY,
    "5 4 1 * *",
    { cron: "5 4 1 * *" },
  ],
  [
    "interval",
    "by an interval, whose days come from the fifth field",
    { type: "interval_cron", cron: "4 */3 * * 1,2,3" },
    EVERY_3_HOURS,
    "4 */3 * * 1,2,3",
    { cron: "4 */3 * * 1,2,3", days: [1, 2, 3] },
  ],
  [
    "interval-span",
    "by an interval on a span of days",
    { type: "interval_cron", cron: "4 */3 * * 0-2,5" },
    EVERY_3_HOURS,
    "4 */3 * * 0-2,5",
    { cron: "4 */3 * * 0-2,5", days: [0, 1, 2, 5] },
  ],
  [
    "interval-names",
    "by an interval on days by name, Sunday as 7",
    { type: "interval_cron", cron: "4 */3 * * FRI,MON-TUE,7" },
    EVERY_3_HOURS,
    "4 */3 * * FRI,MON-TUE,7",
    { cron: "4 */3 * * FRI,MON-TUE,7", days: [5, 1, 2, 0] },
  ],
  [
    "interval-all-days",
    "by an interval on all days",
    { type: "interval_cron", cron: "4 */3 * * *" },
    EVERY_3_HOURS,
    "4 */3 * * *",
    { cron: "4 */3 * * *" },
  ],
  [
    "unused-keys",
    "with unused keys, which are left out",
    { type: "every_day", days: [], cron: "" },
    { type: "every_hour", interval: 2 },
    "0 */2 * * *",
    {},
  ],
] as const;

const REFUSED = [
  [
    "hours-and-interval",
    "hours with an interval",
    { time: { type: "at_exact_hours", hours: [1], interval: 2 } },
    { time: { interval: text } },
  ],
  ["no-interval", "every hour without an interval", { time: { type: "every_hour" } }, { time: { interval: text } }],
  ["no-hours", "exact hours without hours", { time: { type: "at_exact_hours", hours: [] } }, { time: { hours: text } }],
  [
    "interval-and-hours",
    "an interval with hours",
    { time: { type: "every_hour", interval: 1, hours: [1] } },
    { time: { hours: text } },
  ],
  ["hour-24", "an hour of 24", { time: { type: "at_exact_hours", hours: [24] } }, { time: {} }],
  [
    "interval-24",
    "an interval of 24 hours",
    { time: { type: "every_hour", interval: 24 } },
    { time: { interval: text } },
  ],
  ["day-7", "a day of 7", { date: { type: "days_of_week", days: [7] } }, { date: {} }],
  ["no-days", "days of the week without days", { date: { type: "days_of_week", days: [] } }, { date: { days: text } }],
  ["no-cron", "a cron schedule without an expression", { date: { type: "custom_cron" } }, { date: { cron: text } }],
  [
    "bad-cron",
    "what is no cron expression",
    { date: { type: "custom_cron", cron: "every day" } },
    { date: { cron: text } },
  ],
  [
    "seconds",
    "a cron expression with seconds",
    { date: { type: "custom_cron", cron: "0 0 5 * * *" } },
    { date: { cron: text } },
  ],
  [
    "never",
    "a cron expression that never fires",
    { date: { type: "custom_cron", cron: "0 0 31 2 *" } },
    { date: { cron: text } },
  ],
  ["type", "another type", { date: { type: "weekly" } }, { date: { type: text } }],
] as const;

export const jobSchedules = group("job-schedules", [
  ...COMPUTED.map(([id, words, date, time, cron, more]) =>
    rule(id, `\`schedule.cron\` is computed ${words}, even if the body has another \`cron\``, async (cloud) => {
      const { newJob } = await newProject(cloud);
      for (const stale of ["", "1 1 1 1 1"]) {
        const { schedule } = (await newJob({ schedule: { cron: stale, date, time } })) as Data & { schedule: unknown };
        equal(schedule, { cron, date: { type: date.type, ...more }, time }, "the schedule");
      }
    }),
  ),
  rule(
    "full",
    "every job has a complete schedule with a valid cron expression, even an unscheduled job",
    async (cloud) => {
      const { newJob } = await newProject(cloud);
      const schedule = { cron: "0 * * * *", date: { type: "every_day", days: absent, cron: absent }, time: HOURLY };
      contains(await newJob({ job_type: "ci" }), { schedule });
      contains(await newJob({ triggers: { on_merge: true } }), { schedule });
    },
  ),
  rule("recomputed", "an update computes `cron` again although the client sends the old one", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const job = (await newJob()) as Data & { schedule: object };
    const schedule = { ...job.schedule, time: { type: "at_exact_hours", hours: [5] } };
    contains(one(await cloud.post(`${cloud.v2}/jobs/${job.id}/`, { ...job, schedule })), {
      schedule: { cron: "0 5 * * *" },
    });
  }),
  rule("next-run", "`next_run` is a time when the schedule is on, else null", async (cloud) => {
    const { newJob } = await newProject(cloud);
    contains(await newJob({ triggers: { schedule: true } }), { next_run: text });
    contains(await newJob(), { next_run: null });
  }),
  ...REFUSED.map(([id, words, schedule, message]) =>
    rule(`refuses-${id}`, `${words} is refused with 400, naming the field`, async (cloud) => {
      const { job } = await newProject(cloud);
      refused(await cloud.post(`${cloud.v2}/jobs/`, job({ schedule })), 400, { schedule: message });
    }),
  ),
]);
