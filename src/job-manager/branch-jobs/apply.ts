import type { DbtCloudClient } from "../../dbt-cloud/client";
import { createOverride, deleteOverride, updateOverride } from "../../dbt-cloud/environment-variables";
import { createJob, deleteJob, updateJob, type JobRecord } from "../../dbt-cloud/jobs";
import { markOf } from "./mark";
import type { OverrideChange, PlannedJob } from "./plan";
import { heldBack, payloadOf, startsByItself, type Ids, type WantedJob } from "./wanted";

/** How one job of the plan went. */
export interface Applied {
  readonly action: "create" | "update" | "delete";
  readonly key: string;
  /** The job's id; absent when it was not created. */
  readonly id?: number;
  /** Why it failed, or was left out. */
  readonly error?: string;
}

type Change = Exclude<PlannedJob, { action: "unchanged" }>;
type Write = Extract<PlannedJob, { action: "create" | "update" }>;

/** What applying needs beside the plan. */
export interface ApplyOptions {
  readonly client: DbtCloudClient;
  readonly ids: Pick<Ids, "accountId" | "environmentIdOf">;
  /** Is told of each job that is done. */
  readonly onDone?: (applied: Applied, done: number, total: number) => void;
}

/**
 * Carries a plan out: creates and updates at once, each job after those that it refers to, and deletes only when all of them
 * went well. One failure does not keep the others from being done. Whatever it is broken off at, the same deploy run again
 * comes to the same end.
 *
 * @returns how each change went, in the order of the plan
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
      if (hasFailed) return report({ ...target, error: "left alone, because another job failed" });
      return report(
        await outcome(target, async () => {
          await deleteJob(options.client, record.id);
        }),
      );
    }),
  );
  return [...written, ...deleted];
}

/** The ids of jobs become known while they are created; who refers to one waits for it. */
class Writer {
  private readonly jobIds = new Map<string, Promise<number>>();

  constructor(
    plan: readonly PlannedJob[],
    private readonly options: ApplyOptions,
  ) {
    for (const job of plan) {
      if (job.action === "update" || job.action === "unchanged") this.know(job.wanted.key, job.record.id);
    }
  }

  /**
   * A job that nothing starts is created whole, before its own values are there. Should that be broken off, one of them, the
   * witness, stays marked as unfinished until all are done, so that the next deploy reads the values of all. What an earlier
   * deploy left unfinished is its witness, and is finished last as well.
   */
  async write(writes: readonly Write[], report: (applied: Applied) => Applied): Promise<Applied[]> {
    const witness = writes.find((job) => this.canWitness(job));
    const begun = witness ? this.begin(witness, true) : Promise.resolve();
    const isWitnessed = await begun.then(
      () => witness !== undefined,
      () => false,
    );
    const isLast = (job: Write): boolean => job === witness || isUnfinished(job);
    const others = writes.filter((job) => !isLast(job));
    const applied = await Promise.all(others.map(async (job) => report(await this.whole(job, isWitnessed))));
    const areDone = applied.every(({ error }) => error === undefined);
    const last = writes.filter(isLast).map(async (job) => {
      return report(await this.finished(job, job === witness ? begun : Promise.resolve(), areDone));
    });
    const ended = new Map([...applied, ...(await Promise.all(last))].map((one) => [one.key, one]));
    return writes.map(({ wanted }) => ended.get(wanted.key)!);
  }

  /** Everything else waits for the witness, so it must not wait for anything. */
  private canWitness({ action, wanted }: Write): boolean {
    return action === "create" && !startsByItself(wanted) && wanted.refersTo.every((key) => this.jobIds.has(key));
  }

  private whole(job: Write, isWitnessed: boolean): Promise<Applied> {
    const isHeld =
      job.action === "update"
        ? job.overrides.length > 0
        : !isWitnessed || startsByItself(job.wanted) || defersToItself(job);
    return this.finished(job, this.begin(job, isHeld), isHeld);
  }

  /** Creates or updates the job; its id is known from then on. */
  private begin(job: Write, isHeld: boolean): Promise<void> {
    const { wanted } = job;
    const sent = this.payload(wanted, job.action === "update" ? job.record.id : undefined).then(async (payload) => {
      const body = isHeld ? heldBack(payload, wanted) : payload;
      if (job.action === "update") return updateJob(this.options.client, job.record.id, body);
      return createJob(this.options.client, body, (found) => isJobOf(wanted, found));
    });
    const id = sent.then((record) => record.id);
    if (job.action === "create") this.know(wanted.key, id);
    return id.then(() => undefined);
  }

  /** Writes the job's own values, and then lets it go if it was held back. */
  private finished(job: Write, begun: Promise<void>, release: boolean): Promise<Applied> {
    const { wanted } = job;
    const target = { action: job.action, key: wanted.key, id: job.action === "update" ? job.record.id : undefined };
    return outcome(target, async () => {
      await begun;
      const id = await this.idOf(wanted.key);
      target.id = id;
      await this.writeOverrides(wanted, id, job.overrides);
      if (release) await updateJob(this.options.client, id, await this.payload(wanted, id));
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

  private know(key: string, id: number | Promise<number>): void {
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

/** Whether an earlier deploy was broken off before it was done with this job, or with any other. */
function isUnfinished(job: Write): boolean {
  return job.action === "update" && markOf(job.record.description)?.pending === true;
}

/** A job can name itself only once it has an id. */
function defersToItself({ wanted }: Write): boolean {
  return wanted.definition.defer_to === "self";
}

/** Whether a job is the one that an earlier attempt at this very create left behind. */
function isJobOf({ mark }: WantedJob, { description }: JobRecord): boolean {
  const found = markOf(description);
  if (!found) return false;
  const { pending: _pending, ...rest } = found;
  return JSON.stringify(rest) === JSON.stringify(mark);
}

async function outcome(target: Applied, act: () => Promise<void>): Promise<Applied> {
  try {
    await act();
    return { ...target };
  } catch (error) {
    return { ...target, error: error instanceof Error ? error.message : String(error) };
  }
}
