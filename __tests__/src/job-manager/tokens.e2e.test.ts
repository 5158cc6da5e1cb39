import { jobsOf } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf } from "../../../packages/local-dbt-cloud/resources/runs/runs";
import { documentation } from "../../support/documentation";
import { jobData } from "../../support/env-file";
import { startJobManager } from "../../support/job-manager-process";
import { addVariable, liveJobs, openCloud, type ListeningCloud } from "../../support/listening-cloud";
import { TOKEN } from "../../support/local-dbt-cloud";
import { itIf } from "../../support/requirement";
import type { ProgramRun } from "../../support/run-program";
import { shippedEnvironments, synthesizeEnvironment } from "../../support/synthesis";
import { missingTerraformProvider } from "../../support/terraform-provider";
import { TerraformWorkspace } from "../../support/terraform-workspace";
import { devFile, JOBS, personEnv } from "../../support/work-on-branch";

const itWithProvider = itIf(missingTerraformProvider());

let cloud: ListeningCloud;
beforeEach(async () => {
  cloud = await openCloud();
  addVariable(cloud.world, "DBT_SCHEMA", "marketing");
});
afterEach(() => cloud.close());

interface Permission {
  readonly permission_set: string;
  readonly all_projects: boolean;
  readonly project_id?: number;
}

/** The permission sets that docs/security.md gives to a token. */
function documented(token: "reading" | "branch" | "deploying"): Permission[] {
  const row = new RegExp(`^\\| ${token} \`DBTCLOUD_TOKEN\` .*$`, "m").exec(documentation("security.md"))![0];
  return [...row.matchAll(/\(`(\w+)`\) of (the project|the account)/g)].map(([, permission_set, scope]) =>
    permission(permission_set!, scope === "the account"),
  );
}

function permission(permission_set: string, all_projects = false): Permission {
  return all_projects ? { permission_set, all_projects } : { permission_set, all_projects, project_id: 102 };
}

/** Creates a service token with these permissions. */
async function tokenWith(permissions: readonly Permission[]): Promise<string> {
  const send = async (path: string, body: unknown): Promise<{ id: number; token_string: string }> => {
    const response = await fetch(`${cloud.url}/api/v3/accounts/12345/service-tokens/${path}`, {
      method: "POST",
      headers: { authorization: `Token ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
    return ((await response.json()) as { data: { id: number; token_string: string } }).data;
  };
  const { id, token_string } = await send("", { name: "pipeline" });
  await send(`${id}/permissions/`, permissions);
  return token_string;
}

/** Runs `dbt-job-manager` on the branch with a token. */
function runWith(token: string, config: string, command: string, ...args: readonly string[]): Promise<ProgramRun> {
  const env = { ...personEnv(cloud), DBTCLOUD_TOKEN: token };
  return startJobManager([command, "--config", config, ...args], env).ended;
}

describe("the reading token", () => {
  it("is enough for the commands that only read, and writes nothing", async () => {
    const config = devFile();
    expect(await runWith(TOKEN, config, "deploy")).toMatchObject({ exitCode: 0 });
    const before = JSON.stringify(jobsOf(cloud.world).all());
    const token = await tokenWith(documented("reading"));
    for (const command of ["plan", "list", "status"]) {
      expect([command, await runWith(token, config, command)]).toEqual([
        command,
        expect.objectContaining({ exitCode: 0, stderr: expect.not.stringContaining("permission") as string }),
      ]);
    }
    const changed = devFile({ ...JOBS, extract: jobData({ description: "Brings more data in" }) });
    for (const [command, file, ...args] of [
      ["deploy", changed],
      ["run", config, "extract"],
      ["cleanup", config, "--branch", "feature/x", "--yes"],
    ] as const) {
      const { exitCode, stdout, stderr } = await runWith(token, file, command, ...args);
      expect([command, exitCode, stdout + stderr]).toEqual([command, 1, expect.stringContaining("permission")]);
    }
    expect(JSON.stringify(jobsOf(cloud.world).all())).toBe(before);
    expect(runsOf(cloud.world).all()).toEqual([]);
  });
});

describe("the branch token", () => {
  it("is enough to deploy the jobs of a branch, run one and cancel the run", async () => {
    const config = devFile();
    const token = await tokenWith(documented("branch"));
    expect(await runWith(token, config, "deploy")).toMatchObject({ exitCode: 0 });
    expect(liveJobs(cloud.world)).toHaveLength(4);
    expect(await runWith(token, config, "run", "extract")).toMatchObject({ exitCode: 0 });
    expect(await runWith(token, config, "cancel", "extract")).toMatchObject({ exitCode: 0 });
  });

  it("cannot be one that edits jobs only: without the variable of its schema, no job is left that could start", async () => {
    const token = await tokenWith([permission("job_creator")]);
    expect(await runWith(token, devFile(), "deploy")).toMatchObject({ exitCode: 1 });
    expect(liveJobs(cloud.world).filter(({ triggers }) => triggers.schedule)).toEqual([]);
  });
});

describe("the deploying token", () => {
  const environments = shippedEnvironments();
  const env = { DBT_CLOUD_ACCOUNT_ID: "12345" };
  let workspace: TerraformWorkspace;
  beforeEach(() => {
    workspace = new TerraformWorkspace(env);
  });
  afterEach(() => {
    workspace.remove();
  });

  function write(name: string): void {
    const environment = environments.find((candidate) => candidate.name === name)!;
    workspace.write(synthesizeEnvironment(environment, env, environments));
  }

  async function useToken(permissions: readonly Permission[]): Promise<void> {
    const token = await tokenWith(permissions);
    workspace.env = { ...env, DBT_CLOUD_HOST_URL: `${cloud.url}/api`, DBT_CLOUD_TOKEN: token };
  }

  itWithProvider("is enough to apply production, and the reading token to show the differences", async () => {
    write("production");
    const [jobs, ...others] = documented("deploying");
    await useToken([jobs!]);
    // The provider 1.12.5 crashes when dbt Cloud refuses a notification.
    await expect(workspace.apply()).rejects.toThrow(/403|Plugin did not respond|request was cancelled/);
    await useToken([jobs!, ...others]);
    await workspace.apply();
    await useToken([permission("job_viewer")]);
    expect(await workspace.differences()).toContain("403");
    await useToken(documented("reading"));
    expect(await workspace.differences()).toBe("");
    await expect(workspace.destroy()).rejects.toThrow("403");
  });

  itWithProvider("needs no permission for notifications to apply staging", async () => {
    write("staging");
    await useToken(documented("deploying").slice(0, 1));
    await workspace.apply();
    expect(await workspace.differences()).toBe("");
  });
});
