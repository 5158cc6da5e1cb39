import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { SEED_ACCOUNT_ID } from "../../../packages/local-dbt-cloud/seed";
import { environmentVariablesOf } from "../../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { environmentsOf } from "../../../packages/local-dbt-cloud/resources/environments/environments";
import { jobsOf } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { notificationsOf } from "../../../packages/local-dbt-cloud/resources/notifications/notifications";
import type { Stateful, World } from "../../../packages/local-dbt-cloud/world";
import { version } from "../../../packages/provider-dbtcloud/package.json";
import { localDbtCloud, TOKEN, V2, V3, type LocalDbtCloud } from "../../support/local-dbt-cloud";
import { itIf } from "../../support/requirement";
import { shippedEnvironments, synthesizeEnvironment, type TerraformJson } from "../../support/synthesis";
import { missingTerraformProvider } from "../../support/terraform-provider";
import { TerraformWorkspace } from "../../support/terraform-workspace";

const PROGRAM = "dbtcloud-terraforming";
const isThere = spawnSync(PROGRAM, ["version"]).error === undefined;
const itWithProgram = itIf(isThere ? missingTerraformProvider() : `${PROGRAM} is not on the PATH`);

let cloud: LocalDbtCloud;
let env: Readonly<Record<string, string>>;
let workspaces: TerraformWorkspace[];
beforeEach(async () => {
  cloud = localDbtCloud();
  await cloud.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = cloud.app.server.address() as AddressInfo;
  env = {
    DBT_CLOUD_ACCOUNT_ID: String(SEED_ACCOUNT_ID),
    DBT_CLOUD_TOKEN: TOKEN,
    DBT_CLOUD_HOST_URL: `http://127.0.0.1:${port}/api`,
  };
  workspaces = [];
});
afterEach(async () => {
  for (const workspace of workspaces) workspace.remove();
  await cloud.close();
});

function newWorkspace(stack: TerraformJson): TerraformWorkspace {
  const workspace = new TerraformWorkspace(env);
  workspaces.push(workspace);
  workspace.write(stack);
  return workspace;
}

/** A workspace that has the provider and nothing else. */
async function emptyWorkspace(): Promise<TerraformWorkspace> {
  const required_providers = { dbtcloud: { source: "dbt-labs/dbtcloud", version } };
  const stack = { terraform: { required_providers }, provider: { dbtcloud: [{}] } };
  const workspace = newWorkspace(stack as unknown as TerraformJson);
  await workspace.validate();
  return workspace;
}

const PROJECT = `${V3}/projects/102`;
const job = { project_id: 102, environment_id: 302, execute_steps: ["dbt build"] };

/** One or more of everything that the program knows and a stack of ours does not make, and jobs of every kind. */
const OBJECTS: readonly [path: string, body: object][] = [
  [`${V3}/connections/`, { name: "Redshift", adapter_version: "redshift_v0", config: { hostname: "h", dbname: "d" } }],
  [`${PROJECT}/repositories/`, { remote_url: "git@git.example.com:m/dbt.git" }],
  [`${PROJECT}/`, { name: "Marketing Analytics", repository_id: 1 }],
  [`${PROJECT}/extended-attributes/`, { extended_attributes: { ra3_node: true, sslmode: "require" } }],
  [`${PROJECT}/environments/999/`, { name: "terraform-dev", connection_id: 1, extended_attributes_id: 1 }],
  [`${V2}/jobs/`, { ...job, name: "pull requests", triggers: { github_webhook: true } }],
  [`${V2}/jobs/`, { ...job, name: "merges", triggers: { on_merge: true } }],
  [`${V2}/jobs/`, { ...job, name: "deferring", deferring_environment_id: 302, dbt_version: "latest" }],
  [
    `${V2}/jobs/`,
    {
      ...job,
      name: "after another",
      job_completion_trigger_condition: { condition: { job_id: 1, project_id: 102, statuses: [10, 20] } },
    },
  ],
  [
    `${PROJECT}/environment-variables/`,
    { type: "job", name: "DBT_SCHEMA", job_definition_id: 1, raw_value: "marketing_branch" },
  ],
];

/** The number of objects of each type. The program reads all lists in advance, for any output. */
function countObjects(world: World): Record<string, number> {
  const live = (rows: readonly Stateful[]): number => rows.filter(({ state }) => state === 1).length;
  const variables = environmentVariablesOf(world).all();
  return {
    project: 1,
    project_repository: 1,
    environment: live(environmentsOf(world).all()),
    environment_variable: new Set(variables.map(({ name }) => name)).size,
    environment_variable_job_override: variables.filter(({ type }) => type === "job").length,
    repository: 1,
    extended_attributes: 1,
    notification: live(notificationsOf(world).all()),
    global_connection: 1,
    job: live(jobsOf(world).all()),
    profile: 0,
    service_token: 0,
    webhook: 0,
    group: 0,
    user_groups: 0,
  };
}

/** The program's output for the objects of a type: a resource and an import of each. */
async function generate(command: "generate" | "genimport", type: string, folder: string): Promise<string> {
  // A file whose name ends in _override would override others.
  const output = join(folder, `${type}_objects.tf`);
  const terraform = spawnSync("which", ["terraform"], { encoding: "utf8" }).stdout.trim();
  const args = [command, "--resource-types", `dbtcloud_${type}`, "--output", output];
  const installed = ["--terraform-install-path", folder, "--terraform-binary-path", terraform];
  // With CI in its environment it asks nobody.
  const { CI: _ci, ...own } = process.env;
  await promisify(execFile)(PROGRAM, [...args, ...installed], { env: { ...own, ...env, CHECKPOINT_DISABLE: "1" } });
  return readFileSync(output, "utf8");
}

function countBlocks(text: string, block: string): number {
  return text.match(new RegExp(`^${block} `, "gm"))?.length ?? 0;
}

itWithProgram(
  "dbtcloud-terraforming describes everything, and terraform takes it over without a difference",
  async () => {
    const environments = shippedEnvironments();
    for (const definition of environments.filter(({ applied_by }) => applied_by === "terraform")) {
      await newWorkspace(synthesizeEnvironment(definition, env, environments)).apply();
    }
    for (const [path, body] of OBJECTS) expect((await cloud.send("POST", path, body)).code).toBeLessThan(300);

    const workspace = await emptyWorkspace();
    const expected = countObjects(cloud.world);
    const found: Record<string, number> = {};
    for (const type of Object.keys(expected)) {
      const text = await generate("genimport", type, workspace.folder);
      found[type] = countBlocks(text, "resource");
      expect(countBlocks(text, "import")).toBe(found[type]);
    }
    expect(found).toEqual(expected);

    await workspace.validate();
    // The program's output for jobs lacks values of a state, so the import adds them.
    const imported = Object.values(expected).reduce((sum, count) => sum + count, 0);
    expect(await workspace.apply()).toContain(
      `${imported} imported, 0 added, ${expected["job"]} changed, 0 destroyed.`,
    );
    expect(await workspace.differences()).toBe("");
  },
);

itWithProgram("dbtcloud-terraforming describes the features of the account", async () => {
  const workspace = await emptyWorkspace();
  expect(await generate("generate", "account_features", workspace.folder)).toMatch(/advanced_ci += true/);
  await workspace.validate();
});
