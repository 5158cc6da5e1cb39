import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { jobsOf } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { loadEnvironment } from "../../../src/env-files/load";
import { envFile, jobData } from "../../support/env-file";
import { envFolder } from "../../support/env-folder";
import { liveJobs, openCloud, type ListeningCloud } from "../../support/listening-cloud";
import { TOKEN } from "../../support/local-dbt-cloud";
import { itIf } from "../../support/requirement";
import { synthesizeEnvironment } from "../../support/synthesis";
import { missingTerraformProvider } from "../../support/terraform-provider";
import { terraformStateServer, type TerraformStateServer } from "../../support/terraform-state-server";

const itWithProvider = itIf(missingTerraformProvider());
const PROGRAM = resolve(__dirname, "../../../src/job-manager/guarded-terraform.cjs");

let cloud: ListeningCloud;
let states: TerraformStateServer;
/** Called after each write to dbt Cloud. */
let onWrite: () => void;
beforeEach(async () => {
  onWrite = () => undefined;
  cloud = await openCloud(() => {
    onWrite();
  });
  states = await terraformStateServer("ci", "secret");
});
afterEach(async () => {
  await states.close();
  await cloud.close();
});

interface Deploy {
  readonly exitCode: number | null;
  readonly output: string;
}

/** A checkout of the project with a stack whose state is on the server. */
class Checkout {
  readonly folder: string;
  readonly stack: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(keys: readonly string[]) {
    const jobs = Object.fromEntries(keys.map((key) => [key, jobData()]));
    this.folder = envFolder({ "cdktf.json": "{}", "environments/prod.yaml": envFile({ jobs }) });
    this.stack = join(this.folder, "cdktf.out/stacks/production");
    this.env = {
      PATH: process.env["PATH"]!,
      HOME: process.env["HOME"]!,
      TF_CLI_CONFIG_FILE: process.env["TF_CLI_CONFIG_FILE"] ?? "",
      DBT_CLOUD_ACCOUNT_ID: "12345",
      DBT_CLOUD_HOST_URL: `${cloud.url}/api`,
      DBT_CLOUD_TOKEN: TOKEN,
      TF_STATE_URL: states.url,
      TF_HTTP_USERNAME: "ci",
      TF_HTTP_PASSWORD: "secret",
      CHECKPOINT_DISABLE: "1",
      CI_COMMIT_BRANCH: "production",
    };
    mkdirSync(this.stack, { recursive: true });
    const definition = loadEnvironment(join(this.folder, "environments/prod.yaml"), {}).environment;
    writeFileSync(join(this.stack, "cdk.tf.json"), JSON.stringify(synthesizeEnvironment(definition, this.env)));
  }

  /** Runs terraform, as cdktf does. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Deploy> {
    return ended(this.start(args, env));
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.stack,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  /** What `cdktf deploy --auto-approve` asks terraform for. */
  async deploy(env: Readonly<Record<string, string>> = {}): Promise<Deploy> {
    await this.init(env);
    return this.run(["apply", "-auto-approve", "-no-color"], env);
  }

  async init(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { exitCode, output } = await this.run(["init", "-input=false", "-no-color"], env);
    if (exitCode !== 0) throw new Error(output);
  }

  /** What `cdktf diff` asks terraform for, in a folder that a later job finds. */
  async review(): Promise<string> {
    await this.init();
    const { exitCode, output } = await this.run(["plan", "-out=plan", "-lock=false", "-input=false"]);
    if (exitCode !== 0) throw new Error(output);
    const folder = join(this.folder, "reviewed");
    mkdirSync(folder, { recursive: true });
    for (const file of ["plan", "cdk.tf.json"]) copyFileSync(join(this.stack, file), join(folder, file));
    return folder;
  }
}

async function ended(child: ChildProcess): Promise<Deploy> {
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk: Buffer) => (output += String(chunk)));
  const exitCode = await new Promise<number | null>((done) => child.on("close", done));
  return { exitCode, output };
}

/** The id of the process and of the process group of the terraform that a program runs. */
function terraformOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

const REVIEWED = "Applying the plan that was reviewed.";

describe("a deploy with the state on a server", () => {
  itWithProvider("applies the plan that was reviewed, and a new one when the state has changed since", async () => {
    const checkout = new Checkout(["daily"]);
    const REVIEWED_PLAN = await checkout.review();
    expect(liveJobs(cloud.world)).toEqual([]);

    // Each job of a pipeline has its own token.
    states.changePassword("next");
    const first = await checkout.deploy({ REVIEWED_PLAN, TF_HTTP_PASSWORD: "next" });
    expect(first).toMatchObject({ exitCode: 0, output: expect.stringContaining(REVIEWED) as string });
    expect(first.output).not.toContain("Terraform will perform the following actions");
    expect(liveJobs(cloud.world)).toHaveLength(1);

    states.changePassword("secret");
    const second = await checkout.deploy({ REVIEWED_PLAN });
    expect(second.output).toContain("The guard refuses the plan that was reviewed, so a new one is made.");
    expect(second.output).toContain("No changes.");
    expect(second.exitCode).toBe(0);
    const [job, ...others] = liveJobs(cloud.world);
    expect(others).toEqual([]);

    jobsOf(cloud.world).put({ ...job!, settings: { ...job!.settings, threads: 9 } });
    await checkout.review();
    const other = new Checkout(["daily", "weekly"]);
    const third = await other.deploy({ REVIEWED_PLAN });
    expect(third.output).toContain(`The plan in ${REVIEWED_PLAN} is of another stack.`);
    expect(third.exitCode).toBe(0);

    const stale = await checkout.deploy({ REVIEWED_PLAN });
    expect(stale.output).toContain("The state has changed since the review.");
    expect(stale.output).toContain("the plan deletes the job weekly");
    expect(stale.exitCode).toBe(1);
    expect(liveJobs(cloud.world)).toHaveLength(2);

    const refused = await checkout.deploy({ REVIEWED_PLAN: await checkout.review() });
    expect(refused).toMatchObject({ exitCode: 1, output: expect.stringContaining("ALLOW_DESTROY=weekly") as string });
    expect(liveJobs(cloud.world)).toHaveLength(2);
    expect(states.lock()).toBeUndefined();
  });

  itWithProvider("that runs at the same time as another one doubles nothing", async () => {
    const checkouts = [new Checkout(["daily", "weekly"]), new Checkout(["daily", "weekly"])];
    for (const checkout of checkouts) await checkout.init();
    const results = await Promise.all(
      checkouts.map((checkout) => checkout.run(["apply", "-auto-approve", "-no-color"])),
    );
    const failed = results.filter(({ exitCode }) => exitCode !== 0);
    expect(failed.length).toBeLessThan(2);
    for (const { output } of failed) expect(output).toMatch(/Error acquiring the state lock|Saved plan is stale/);
    expect(liveJobs(cloud.world)).toHaveLength(2);

    for (const checkout of checkouts) expect(await checkout.deploy()).toMatchObject({ exitCode: 0 });
    expect(liveJobs(cloud.world)).toHaveLength(2);
  });

  itWithProvider("changes nothing while somebody holds the lock, and names the lock", async () => {
    states.hold("d1b2");
    const { exitCode, output } = await new Checkout(["daily"]).deploy();
    expect(exitCode).toBe(1);
    expect(output).toContain("already locked: ID=d1b2");
    expect(cloud.requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
    expect(states.lock()).toMatchObject({ ID: "d1b2" });
  });

  itWithProvider("that is stopped records what it has begun, and the next deploy does the rest", async () => {
    const keys = ["a", "b", "c", "d", "e", "f"];
    const checkout = new Checkout(keys);
    await checkout.init();
    const child = checkout.start(["apply", "-auto-approve", "-no-color", "-parallelism=1"]);
    onWrite = () => {
      onWrite = () => undefined;
      // A stopped pipeline sends the signal to all programs of the job.
      process.kill(-child.pid!, "SIGTERM");
    };
    const { exitCode } = await ended(child);
    expect(exitCode).not.toBe(0);
    const done = liveJobs(cloud.world).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(keys.length);
    expect(states.lock()).toBeUndefined();

    expect(await checkout.deploy()).toMatchObject({ exitCode: 0 });
    expect(liveJobs(cloud.world)).toHaveLength(keys.length);
  });

  itWithProvider("that is killed leaves its lock, which keeps other deploys away", async () => {
    const checkout = new Checkout(["daily"]);
    await checkout.init();
    const child = checkout.start(["apply", "-auto-approve", "-no-color"]);
    onWrite = () => {
      onWrite = () => undefined;
      for (const pid of [terraformOf(child), child.pid!]) process.kill(-pid, "SIGKILL");
    };
    await ended(child);
    const { ID } = states.lock()!;

    const next = await checkout.deploy();
    expect(next).toMatchObject({ exitCode: 1, output: expect.stringContaining(ID) as string });
    expect(liveJobs(cloud.world)).toHaveLength(1);
  });
});
