import type { DbtCloudClient } from "../../dbt-cloud/client";
import { createOverride, deleteOverride, updateOverride } from "../../dbt-cloud/environment-variables";
import { reasonOf } from "../../dbt-cloud/errors";
import { createJob, deleteJob, updateJob, type JobRecord } from "../../dbt-cloud/jobs";
import { markOf } from "./mark";
import type { OverrideChange, PlannedJob } from "./plan";
import { payloadOf, startsByItself, unfinished, type Ids, type WantedJob } from "./wanted";

/** The result of one job of the plan. */
export interface Applied {
  readonly action: "create" | "update" | "delete";
  readonly key: string;
  /** The job's id; absent when the job was not created. */
  readonly id?: number;
  /** Why the job failed or was skipped. */
  readonly error?: string;
}

type Change = Exclude<PlannedJob, { action: "unchanged" }>;
type Write = Extract<PlannedJob, { action: "create" | "update" }>;

/** What the function needs in addition to the plan. */
export interface ApplyOptions {
  readonly client: DbtCloudClient;
  readonly ids: Pick<Ids, "accountId" | "environmentIdOf">;
  /** It is called after each job. */
  readonly onDone?: (applied: Applied, done: number, total: number) => void;
}

/**
 * Applies a plan. Creates and updates run in parallel; a job waits for the jobs that it refers to. Deletes run last, and only when
 * everything else succeeded. A failed job does not stop the other jobs. When a deploy is interrupted at any point, the next run
 * of the same deploy completes it.
 *
 * @returns the result of each change, in the order of the plan
 */
export async function applyPlan(plan: readonly PlannedJob[], options: ApplyOptions): Promise<Applied[]> {
  const changes = plan.filter((job): job is Change => job.action !== "unchanged");
  const writes = changes.filter((job) => job.action !== "delete");
  const deletes = changes.filter((job) => job.action === "delete");
  let done = 0;
  const report = (applied: Applied): Applied => {
    options.onDone?.(applied, ++done, changes.length);
    return applied;
  };
  const written = await new Writer(plan, options).write(writes, report);
  const hasFailed = written.some(({ error }) => error !== undefined);
  const deleted = await Promise.all(
    deletes.map(async ({ key, record }) => {
      const target = { action: "delete", key, id: record.id } as const;
      if (hasFailed) return report({ ...target, error: "not deleted, because another job failed" });
      return report(
        await resultOf(target, async () => {
          await deleteJob(options.client, record.id);
        }),
      );
    }),
  );
  return [...written, ...deleted];
}

/** Writes jobs in parallel. A job that refers to a new job waits until that job has an id. */
class Writer {
  private readonly jobIds = new Map<string, Promise<number>>();

  constructor(
    plan: readonly PlannedJob[],
    private readonly options: ApplyOptions,
  ) {
    for (const job of plan) {
      if (job.action === "update" || job.action === "unchanged") this.remember(job.wanted.key, job.record.id);
    }
  }

  /**
   * Creates and updates jobs. A job that starts only on demand is created with its final payload, before it has its own values of
   * environment variables. An interruption could therefore leave a job without its values. So one job, the sentinel, is marked
   * as unfinished until all other jobs are done; the mark makes the next deploy read the values of all jobs. A job that an earlier
   * deploy left unfinished was the sentinel of that deploy, and is also finished last.
   */
  async write(writes: readonly Write[], report: (applied: Applied) => Applied): Promise<Applied[]> {
    const sentinel = writes.find((job) => this.canBeSentinel(job));
    const begun = sentinel ? this.begin(sentinel, true) : Promise.resolve();
    const hasSentinel = await begun.then(
      () => sentinel !== undefined,
      () => false,
    );
    const isLast = (job: Write): boolean => job === sentinel || wasLeftUnfinished(job);
    const others = writes.filter((job) => !isLast(job));
    const applied = await Promise.all(others.map(async (job) => report(await this.writeOne(job, hasSentinel))));
    const allDone = applied.every(({ error }) => error === undefined);
    const last = writes.filter(isLast).map(async (job) => {
      return report(await this.finish(job, job === sentinel ? begun : Promise.resolve(), allDone));
    });
    const results = new Map([...applied, ...(await Promise.all(last))].map((one) => [one.key, one]));
    return writes.map(({ wanted }) => results.get(wanted.key)!);
  }

  /** All other jobs wait for the sentinel, so the sentinel must not wait for another new job. */
  private canBeSentinel({ action, wanted }: Write): boolean {
    return action === "create" && !startsByItself(wanted) && wanted.refersTo.every((key) => this.jobIds.has(key));
  }

  private writeOne(job: Write, hasSentinel: boolean): Promise<Applied> {
    const isUnfinished =
      job.action === "update"
        ? job.overrides.length > 0
        : !hasSentinel || startsByItself(job.wanted) || defersToItself(job);
    return this.finish(job, this.begin(job, isUnfinished), isUnfinished);
  }

  /** Creates or updates the job. Then its id is known. */
  private begin(job: Write, asUnfinished: boolean): Promise<void> {
    const { wanted } = job;
    const sent = this.payload(wanted, job.action === "update" ? job.record.id : undefined).then(async (payload) => {
      const body = asUnfinished ? unfinished(payload, wanted) : payload;
      if (job.action === "update") return updateJob(this.options.client, job.record.id, body);
      return createJob(this.options.client, body, (found) => isJobOf(wanted, found));
    });
    const id = sent.then((record) => record.id);
    if (job.action === "create") this.remember(wanted.key, id);
    return id.then(() => undefined);
  }

  /** Writes the job's own values of environment variables. Then it sends the final payload, if the job is still unfinished. */
  private finish(job: Write, begun: Promise<void>, sendFinal: boolean): Promise<Applied> {
    const { wanted } = job;
    const target = { action: job.action, key: wanted.key, id: job.action === "update" ? job.record.id : undefined };
    return resultOf(target, async () => {
      await begun;
      const id = await this.idOf(wanted.key);
      target.id = id;
      await this.writeOverrides(wanted, id, job.overrides);
      if (sendFinal) await updateJob(this.options.client, id, await this.payload(wanted, id));
    });
  }

  private async payload(wanted: WantedJob, id: number | undefined): Promise<ReturnType<typeof payloadOf>> {
    const known = new Map<string, number>();
    for (const key of wanted.refersTo) known.set(key, await this.idOf(key));
    return payloadOf(wanted, { ...this.options.ids, jobIdOf: (key) => known.get(key)! }, id);
  }

  private async writeOverrides({ mark }: WantedJob, jobId: number, changes: readonly OverrideChange[]): Promise<void> {
    const { client } = this.options;
    await Promise.all(
      changes.map(async ({ name, before, after }) => {
        if (after === undefined) return before && deleteOverride(client, mark.project, before.id);
        if (!before) return createOverride(client, mark.project, jobId, name, after);
        return updateOverride(client, mark.project, jobId, name, { id: before.id, value: after });
      }),
    );
  }

  private remember(key: string, id: number | Promise<number>): void {
    const known = Promise.resolve(id).catch(() => {
      throw new Error(`${key} failed, and this job refers to it`);
    });
    known.catch(() => undefined);
    this.jobIds.set(key, known);
  }

  private idOf(key: string): Promise<number> {
    const id = this.jobIds.get(key);
    if (id === undefined) throw new Error(`no job of the plan has the key ${key}`);
    return id;
  }
}

/** Whether an earlier deploy was interrupted before all of its jobs were done. */
function wasLeftUnfinished(job: Write): boolean {
  return job.action === "update" && markOf(job.record.description)?.pending === true;
}

/** A job needs an id before it can defer to itself. */
function defersToItself({ wanted }: Write): boolean {
  return wanted.definition.defer_to === "self";
}

/** Whether an earlier attempt of the same create made this job. */
function isJobOf({ mark }: WantedJob, { description }: JobRecord): boolean {
  const found = markOf(description);
  if (!found) return false;
  const { pending: _pending, ...rest } = found;
  return JSON.stringify(rest) === JSON.stringify(mark);
}

async function resultOf(target: Applied, act: () => Promise<void>): Promise<Applied> {
  try {
    await act();
    return { ...target };
  } catch (error) {
    return { ...target, error: reasonOf(error) };
  }
}
