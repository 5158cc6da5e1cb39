import { deploy } from "../../../../src/job-manager/commands/deploy";
import { jobsOf } from "../../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { wrongsIn } from "../../../support/branch-deploy";
import { branch } from "../../../support/branch-records";
import { jobData } from "../../../support/env-file";
import { startJobManager } from "../../../support/job-manager-process";
import { addVariable, bytesOf, liveJobs, openCloud, overridesOf } from "../../../support/listening-cloud";
import { addNeighbours } from "../../../support/neighbours";
import { requestProxy } from "../../../support/request-proxy";
import { bench, devFile, JOBS, personEnv } from "../../../support/work-on-branch";

const BEFORE = {
  extract: jobData({ environment_variables: { DBT_A: "old" } }),
  attribution: jobData({ schedule: { at: ["05:00"] }, environment_variables: { DBT_A: "goes" } }),
  gone: jobData(),
};
const AFTER = {
  extract: jobData({ environment_variables: { DBT_A: "new" } }),
  attribution: jobData({ schedule: { at: ["06:00"] } }),
  campaigns: JOBS.campaigns,
  validation: jobData(),
};
const SCHEMA = { DBT_SCHEMA: branch().schema };
const WANTED = {
  attribution: SCHEMA,
  campaigns: SCHEMA,
  extract: { ...SCHEMA, DBT_A: "new" },
  validation: SCHEMA,
};

let files: { readonly before: string; readonly after: string };
beforeAll(() => {
  files = { before: devFile(BEFORE), after: devFile(AFTER) };
});

interface Killed {
  /** Whether the program ended before it was killed. */
  readonly survived: boolean;
  readonly broken: readonly string[];
}

/** Kills a deploy at the given request, before or after dbt Cloud has received it, and deploys again. */
async function killedAt(nth: number, moment: "before" | "after", isFirst: boolean): Promise<Killed> {
  const wrongs: string[] = [];
  const cloud = await openCloud((world) => {
    wrongs.push(...wrongsIn(world));
  });
  const run = async (config: string, dryRun = false): Promise<number> => {
    const flags = { exitCode: true, only: [], adopt: false, full: dryRun, yes: false, run: false };
    return (await deploy({ config, dryRun, ...flags }, bench(personEnv(cloud)))).exitCode;
  };
  addVariable(cloud.world, "DBT_A", "of the project");
  const neighbours = addNeighbours(cloud.world);
  if (!isFirst) await run(files.before);
  const before = bytesOf(cloud.world, neighbours);
  const kept = isFirst ? [] : own(["extract", "attribution"]);

  const proxy = await requestProxy(cloud.url, {
    [moment]: (count: number) => {
      if (count === nth) program.child.kill("SIGKILL");
      return count !== nth;
    },
  });
  const program = startJobManager(["deploy", "--config", files.after], personEnv(proxy));
  const { exitCode } = await program.ended;
  await proxy.close();

  function own(keys: readonly string[]): (number | undefined)[] {
    return keys.map((key) => liveJobs(cloud.world).find(({ name }) => name === branch().nameOf(key))?.id);
  }
  const unsafe = wrongsIn(cloud.world);
  const lost = !isFirst && own(["extract", "attribution"]).join() !== kept.join();
  const again = await run(files.after);
  const plan = await run(files.after, true);
  const ours = liveJobs(cloud.world)
    .filter(({ id }) => !neighbours.includes(id))
    .map(({ id, name }) => [name.replace(branch().nameOf(""), ""), overridesOf(cloud.world, id)] as const)
    .sort(([a], [b]) => a.localeCompare(b));
  const checks: readonly (readonly [string, boolean])[] = [
    [unsafe.join(), unsafe.length > 0],
    [[...new Set(wrongs)].join(), wrongs.length > 0],
    ["a job was lost", lost],
    [`run again it ended with ${again}`, again !== 0],
    [`run again it left something to do: ${plan}`, plan !== 0],
    [JSON.stringify(ours), ours.some(([key, values]) => !sameValues(values, WANTED[key as keyof typeof WANTED]))],
    [`there are ${ours.length} jobs`, ours.length !== Object.keys(WANTED).length],
    ["a neighbour was changed", bytesOf(cloud.world, neighbours) !== before],
    [
      "a deleted job came back",
      jobsOf(cloud.world)
        .all()
        .some(({ name, state }) => name.endsWith("gone") && state === 1),
    ],
  ];
  await cloud.close();
  return { survived: exitCode === 0, broken: checks.filter(([, is]) => is).map(([words]) => words) };
}

function sameValues(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>> | undefined): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b ?? {}).sort());
}

/** Kills deploys at each request until one survives, two at a time. */
async function killEverywhere(moment: "before" | "after", isFirst: boolean): Promise<number> {
  for (let nth = 1; ; nth += 2) {
    const killed = await Promise.all([nth, nth + 1].map((count) => killedAt(count, moment, isFirst)));
    for (const [i, { broken }] of killed.entries()) expect([nth + i, broken]).toEqual([nth + i, []]);
    if (killed[1]!.survived) return nth;
  }
}

describe.each(["before", "after"] as const)("a deploy that is killed %s dbt Cloud has got any request", (moment) => {
  it("has the same result when it is run again, for the first deploy of a branch", async () => {
    expect(await killEverywhere(moment, true)).toBeGreaterThan(10);
  });

  it("has the same result when it is run again, for a deploy that changes and deletes", async () => {
    expect(await killEverywhere(moment, false)).toBeGreaterThan(12);
  });
});
