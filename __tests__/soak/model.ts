import { markOf, type Mark } from "../../src/job-manager/branch-jobs/mark";
import type { JobRow, SoakCloud } from "./cloud";

/** A branch of a person. */
export interface Owner {
  readonly ref: string;
  readonly user: string;
}

/** What an env file declares for a job, as far as the soak compares it. */
export interface DeclaredJob {
  readonly execute_steps: readonly string[];
  readonly threads: number;
  readonly environment_variables: Readonly<Record<string, string>>;
  readonly schedule?: object;
}

export type Declared = Readonly<Record<string, DeclaredJob>>;

interface MarkedRow {
  readonly job: JobRow;
  readonly mark: Mark;
}

/** What must be true in dbt Cloud, by what the clients said. */
export class Model {
  /** The jobs of the branches whose last writer succeeded and was alone; absent when it is not known what they have. */
  readonly known = new Map<string, Declared>();
  /** The runs that a client said it started, with the most that all clients can have started. */
  readonly reported = new Set<number>();
  mostRuns = 0;

  private constructor(
    private readonly cloud: SoakCloud,
    private readonly foreign: ReadonlyMap<number, string>,
  ) {}

  /** @param foreign the ids of the jobs that no client may touch */
  static async of(cloud: SoakCloud, foreign: readonly number[]): Promise<Model> {
    return new Model(cloud, await bytesOf(cloud, foreign));
  }

  /** Everything that is wrong now, in words. No client may run. */
  async wrongs(): Promise<string[]> {
    const jobs = await this.cloud.jobs();
    const marked = jobs.flatMap((job) => {
      const mark = this.foreign.has(job.id) ? undefined : markOf(job.description);
      return mark ? [{ job, mark }] : [];
    });
    const strangers = jobs.filter(({ id }) => !this.foreign.has(id) && !marked.some(({ job }) => job.id === id));
    const wrongs = [
      ...strangers.map(({ name }) => `a job without a mark: ${name}`),
      ...(await this.touched()),
      ...(await this.wrongRuns()),
    ];
    for (const row of marked) wrongs.push(...(await this.unsafe(row)));
    for (const [owner, declared] of this.known) wrongs.push(...(await this.differences(owner, declared, marked)));
    return wrongs;
  }

  private async touched(): Promise<string[]> {
    const now = await bytesOf(this.cloud, [...this.foreign.keys()]);
    return [...this.foreign].flatMap(([id, before]) =>
      now.get(id) === before ? [] : [`job ${id} of somebody else was ${before}, and is ${now.get(id)}`],
    );
  }

  private async wrongRuns(): Promise<string[]> {
    const runs = await this.cloud.runs();
    const ids = new Set(runs.map(({ id }) => id));
    const started = runs.filter(({ trigger }) => trigger.cause_category === "api");
    const causes = started.map(({ trigger }) => trigger.cause);
    return [
      ...[...this.reported].filter((id) => !ids.has(id)).map((id) => `run ${id} is lost`),
      ...causes.filter((cause, i) => causes.indexOf(cause) !== i).map((cause) => `two runs have the cause ${cause}`),
      ...runs
        .filter(({ job_definition_id: id }) => this.foreign.has(id))
        .map(({ id }) => `run ${id} is of a job of somebody else`),
      ...(started.length > this.mostRuns ? [`${started.length} runs were started by ${this.mostRuns} commands`] : []),
    ];
  }

  /** A branch job that starts by itself builds into the schema of its branch. */
  private async unsafe({ job, mark }: MarkedRow): Promise<string[]> {
    const { schedule, on_merge } = job.triggers;
    if (!schedule && !on_merge && job.job_completion_trigger_condition === null) return [];
    const { DBT_SCHEMA: schema } = await this.cloud.overridesOf(job.id);
    return schema === mark.schema ? [] : [`${job.name} starts by itself and builds into ${schema}, not ${mark.schema}`];
  }

  private async differences(owner: string, declared: Declared, marked: readonly MarkedRow[]): Promise<string[]> {
    const own = marked.filter(({ mark }) => ownerText(mark) === owner);
    const keys = own.map(({ mark }) => mark.key).sort();
    const expected = Object.keys(declared).sort();
    if (keys.join() !== expected.join()) return [`${owner} has the jobs ${keys.join()}, not ${expected.join()}`];
    const wrongs: string[] = [];
    for (const { job, mark } of own) {
      const { execute_steps, threads, environment_variables, schedule } = declared[mark.key]!;
      const wanted = [execute_steps, threads, schedule !== undefined, false];
      const found = [job.execute_steps, job.settings.threads, job.triggers.schedule, mark.pending ?? false];
      const values = { ...environment_variables, DBT_SCHEMA: mark.schema };
      const given = await this.cloud.overridesOf(job.id);
      const [left, right] = [sorted([found, given]), sorted([wanted, values])];
      if (left !== right) wrongs.push(`${job.name} is ${left}, not ${right}`);
    }
    return wrongs;
  }
}

/** The text by which the soak knows a branch of a person. */
export function ownerText({ ref, user }: Owner): string {
  return `${ref} of ${user}`;
}

/** A JSON text in which the last part, an object, has its keys in order. */
function sorted([fields, values]: readonly [unknown, Readonly<Record<string, string>>]): string {
  return JSON.stringify([fields, Object.entries(values).sort()]);
}

/** All that dbt Cloud says about jobs. Only the time of the next run passes by itself. */
async function bytesOf(cloud: SoakCloud, ids: readonly number[]): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  for (const id of ids) {
    const {
      next_run: _next,
      next_run_humanized: _words,
      ...job
    } = (await cloud.ask("GET", `v2/jobs/${id}/`)) as Record<string, unknown>;
    texts.set(id, JSON.stringify([job, await cloud.overridesOf(id)]));
  }
  return texts;
}
