import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markedDescription } from "../../src/job-manager/branch-jobs/mark";
import { GitlabNotesServer } from "../support/gitlab-notes-server";
import { startJobManager } from "../support/job-manager-process";
import { Actions, OWNERS, type Action } from "./actions";
import { Chance } from "./chance";
import { SoakCloud } from "./cloud";
import { Model, ownerText } from "./model";

/** What happened in a soak. */
export interface SoakResult {
  readonly rounds: number;
  /** The number of clients by command and outcome: the exit code, or `killed`. */
  readonly clients: Readonly<Record<string, number>>;
  readonly serverKills: number;
  readonly runs: number;
  /** Empty when everything that must be true was true. */
  readonly wrongs: readonly string[];
}

const ROUNDS_BETWEEN_REPAIRS = 5;
/** How often a deploy is repeated when it says so. */
const MOST_DEPLOYS = 3;
const STACK = /\n\s+at .*:\d+:\d+|TypeError|ReferenceError/;
const SETTLE = 100;

/**
 * Lets many clients work at random against a local dbt Cloud that fails, and compares it with a model after each round.
 *
 * @param seed selects what happens; times differ between two soaks with the same seed
 * @param goesOn says before each round whether there is another one
 */
export async function soak(seed: number, goesOn: (rounds: number) => boolean): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  const cloud = await SoakCloud.open([...new Set(OWNERS.map(({ ref }) => ref))]);
  const gitlab = new GitlabNotesServer();
  await gitlab.listen();
  try {
    const chance = new Chance(seed);
    const model = await Model.of(cloud, await addForeignJobs(cloud));
    const actions = new Actions(chance, cloud, gitlab, model, folder);
    return await new Soak(chance, cloud, model, actions).run(goesOn);
  } finally {
    await gitlab.close();
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Soak {
  private readonly clients: Record<string, number> = {};
  private readonly wrongs: string[] = [];
  private serverKills = 0;

  constructor(
    private readonly chance: Chance,
    private readonly cloud: SoakCloud,
    private readonly model: Model,
    private readonly actions: Actions,
  ) {}

  async run(goesOn: (rounds: number) => boolean): Promise<SoakResult> {
    let rounds = 0;
    while (this.isFine() && goesOn(rounds)) {
      const what = await this.round();
      rounds++;
      if (rounds % ROUNDS_BETWEEN_REPAIRS === 0) await this.repair();
      if (!this.isFine()) this.wrongs.unshift(`round ${rounds}: ${what.join("; ")}`);
    }
    if (this.isFine()) await this.repair();
    const runs = (await this.cloud.runs()).length;
    return { rounds, clients: this.clients, serverKills: this.serverKills, runs, wrongs: this.wrongs };
  }

  private isFine(): boolean {
    return this.wrongs.length === 0;
  }

  /** Some clients at the same time. Some of them, and perhaps the server, are killed. */
  private async round(): Promise<string[]> {
    await this.cloud.order(...this.faults());
    const count = 3 + this.chance.below(5);
    const actions = Array.from({ length: count }, (_, i) => this.actions.random(i === 0));
    const writers = actions.map(({ writes }) => writes);
    const ends = actions.map((action) => {
      const isAlone = writers.filter((owner) => owner === action.writes).length === 1;
      return this.client(action, isAlone, this.chance.happens(0.3) ? 200 + this.chance.below(1200) : undefined);
    });
    if (this.chance.happens(0.3)) {
      await pause(300 + this.chance.below(900));
      await this.cloud.killAndStart();
      this.serverKills++;
    }
    const what = await Promise.all(ends);
    await this.cloud.order();
    await this.check();
    return what;
  }

  /** Deploys each branch about which nothing is known, without faults. Then nothing is left to do. */
  private async repair(): Promise<void> {
    for (const owner of OWNERS.filter((one) => !this.model.known.has(ownerText(one)))) {
      const action = this.actions.deploy(owner);
      for (let i = 0; i < MOST_DEPLOYS && !this.model.known.has(ownerText(owner)); i++) {
        await this.client(action, true);
      }
      if (!this.model.known.has(ownerText(owner))) {
        this.wrongs.push(`${ownerText(owner)} cannot be deployed: ${(await this.said(action)).join("\n")}`);
        continue;
      }
      const plan = { ...action, args: ["plan", "--exit-code", ...action.args.slice(2)] };
      const [exitCode, text] = await this.said(plan);
      if (exitCode !== "0") this.wrongs.push(`after its deploy, ${ownerText(owner)} has changes: ${text}`);
    }
    await this.check();
  }

  private async said({ args, env }: Action): Promise<[exitCode: string, text: string]> {
    const { exitCode, stdout, stderr } = await startJobManager(args, env).ended;
    return [String(exitCode), stdout + stderr];
  }

  /** Runs a client to its end, or kills it after some milliseconds. */
  private async client(action: Action, isAlone: boolean, killAfter?: number): Promise<string> {
    const { child, ended } = startJobManager(action.args, action.env);
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
    const run = await ended;
    clearTimeout(timer);
    const outcome = run.exitCode === null ? "killed" : String(run.exitCode);
    const name = `${action.args[0]} ${outcome}`;
    this.clients[name] = (this.clients[name] ?? 0) + 1;
    this.wrongs.push(...action.ended(run, isAlone), ...this.wrongOutput(name, run.stdout + run.stderr, outcome));
    return name;
  }

  private wrongOutput(name: string, text: string, outcome: string): string[] {
    return [
      ...(["0", "1", "2", "killed"].includes(outcome) ? [] : [`${name}: ${text}`]),
      ...(STACK.test(text) ? [`${name} printed a stack: ${text}`] : []),
      ...(text.includes(this.cloud.token) ? [`${name} printed the token`] : []),
    ];
  }

  private async check(): Promise<void> {
    // The server may still work on the last requests of clients that were killed.
    await pause(SETTLE);
    this.wrongs.push(...(await this.model.wrongs()));
  }

  private faults(): object[] {
    const times = 1 + this.chance.below(4);
    const skip = this.chance.below(12);
    const all = [
      { kind: "status", code: 429, retry_after: 0, times },
      { kind: "status", code: 503, skip, times },
      { kind: "html", code: 502, skip, times: 1, after: true },
      { kind: "drop_before", skip, times },
      { kind: "drop_after", method: "POST", skip: skip % 4, times },
      { kind: "drop_after", method: "DELETE", times: 1 },
      { kind: "short_page", skip, times: 1 },
      { kind: "latency", milliseconds: 20 + this.chance.below(200), times: 30 },
    ];
    return all.filter(() => this.chance.happens(0.25));
  }
}

/** Jobs of others, some of which look almost like ours. */
async function addForeignJobs(cloud: SoakCloud): Promise<number[]> {
  const mark = {
    team: "marketing-team",
    project: 102,
    environment: 999,
    ref: "feature/a",
    user: "jennifer",
    key: "extract",
    schema: "marketing_feature_a_jennifer",
    definition: "d",
    overrides: "o",
  };
  const jobs = [
    { name: "a job without a mark" },
    { name: "Copy of a branch job", description: markedDescription("Copied by hand", mark) },
    { name: "team", description: markedDescription("", { ...mark, team: "sales-team", schema: "sales" }) },
    { name: "newer", description: markedDescription("", mark).replace("/v1 ", "/v2 ") },
    { name: "branch", description: markedDescription("", { ...mark, ref: "feature/a-b", schema: "marketing_other" }) },
    { name: "marketing-team-attribution-production", environment_id: 302 },
    { name: "in production", environment_id: 302, triggers: { schedule: true } },
  ];
  const ids: number[] = [];
  for (const job of jobs) {
    const base = { project_id: 102, environment_id: 999, execute_steps: ["dbt build"], account_id: cloud.accountId };
    const { id } = (await cloud.ask("POST", "v2/jobs/", { ...base, ...job })) as { id: number };
    await cloud.ask("POST", "v3/projects/102/environment-variables/", {
      account_id: cloud.accountId,
      project_id: 102,
      type: "job",
      job_definition_id: id,
      name: "DBT_SCHEMA",
      raw_value: `of_job_${id}`,
    });
    ids.push(id);
  }
  return ids;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
