import { Approvals } from "../../../../src/job-manager/agent/approvals";
import { approve } from "../../../../src/job-manager/commands/approve";
import type { CommandResult } from "../../../../src/job-manager/commands/command";
import { deploy } from "../../../../src/job-manager/commands/deploy";
import { refusalOf } from "../../../support/command-refusal";
import { envFolder } from "../../../support/env-folder";
import { addJob, liveJobs, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { TOKEN } from "../../../support/local-dbt-cloud";
import { bench, devFile, JOBS, personEnv, type Bench } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let env: Record<string, string>;
beforeEach(async () => {
  cloud = await openCloud();
  env = { ...personEnv(cloud), XDG_STATE_HOME: envFolder({}) };
});
afterEach(() => cloud.close());

const options = { exitCode: false, yes: true, run: false };

/** The plan as programs get it. */
async function hashOf(config: string, only: readonly string[] = [], more = {}): Promise<string> {
  const { json } = await deploy({ ...options, config, only, dryRun: true }, bench({ ...env, ...more }));
  return (json as { hash: string }).hash;
}

function ask(config: string, hash: string, answer: boolean): { result: Promise<CommandResult>; surroundings: Bench } {
  const surroundings = bench(env, { ask: () => Promise.resolve(answer) });
  return { result: approve({ config, hash, only: [], minutes: 5 }, surroundings), surroundings };
}

const isApproved = (hash: string): boolean => {
  try {
    new Approvals(env, TOKEN).take(hash, new Date());
    return true;
  } catch {
    return false;
  }
};

it("shows the plan and the steps of new jobs, and approves with yes", async () => {
  const config = devFile();
  const hash = await hashOf(config);
  const { result, surroundings } = ask(config, hash, true);
  expect((await result).text).toBe(`Approved once, for 5 minutes: ${hash}`);
  expect(surroundings.said.join("\n")).toMatch(/\+ campaigns[^]*campaigns executes:\n {4}dbt run\n {4}dbt test/);
  expect(isApproved(hash)).toBe(true);
  expect(cloud.requests.filter((line) => !line.startsWith("GET "))).toEqual([]);
});

it("approves nothing without a yes, without a terminal, or for another plan", async () => {
  const config = devFile();
  const hash = await hashOf(config);
  expect((await refusalOf(ask(config, hash, false).result)).message).toBe("Nothing was approved.");
  expect((await refusalOf(approve({ config, hash, only: [], minutes: 5 }, bench(env)))).message).toMatch(
    /needs a terminal; .*Nothing was approved/,
  );
  const other = "0".repeat(64);
  expect((await refusalOf(ask(config, other, true).result)).message).toMatch(`present hash: ${hash}`);
  expect([isApproved(hash), isApproved(other)]).toEqual([false, false]);
});

it("approves nothing while an obstacle is there", async () => {
  const config = devFile();
  const hash = await hashOf(config);
  await deploy({ ...options, config, only: [], dryRun: false }, bench(env));
  addJob(cloud.world, { name: liveJobs(cloud.world)[0]!.name });
  expect((await refusalOf(ask(config, hash, true).result)).message).toMatch(/^1 obstacle must be removed first/);
});

describe("the hash of a plan", () => {
  it("is the same for the same plan", async () => {
    expect(await hashOf(devFile())).toBe(await hashOf(devFile()));
  });

  it("differs for everything that changes what is written, or where", async () => {
    const config = devFile();
    const changed = (more: object): string => devFile({ ...JOBS, extract: { ...JOBS.extract, ...more } });
    const hashes = [
      await hashOf(config),
      await hashOf(config, ["extract"]),
      await hashOf(config, [], { CI_COMMIT_REF_NAME: "feature/y" }),
      await hashOf(config, [], { GITLAB_USER_LOGIN: "tom" }),
      await hashOf(changed({ description: "Another text" })),
      await hashOf(changed({ execute_steps: ["dbt run"] })),
      await hashOf(changed({ environment_variables: { DBT_WINDOW: "30" } })),
      await hashOf(changed({ threads: 8 })),
    ];
    await deploy({ ...options, config, only: [], dryRun: false }, bench(env));
    hashes.push(await hashOf(config), await hashOf(changed({ threads: 8 })), await hashOf(changed({ threads: 9 })));
    hashes.push(await hashOf(devFile({ ...JOBS, validation: undefined })));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
