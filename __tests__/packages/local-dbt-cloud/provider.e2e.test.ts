import type { AddressInfo } from "node:net";
import { jobPayload } from "../../../src/dbt-cloud/job-payload";
import type { EnvironmentDefinition } from "../../../src/env-files/definition";
import { terraformJobName } from "../../../src/jobs/names";
import type { JobDefinition } from "../../../src/jobs/definition";
import { SEED_ACCOUNT_ID } from "../../../packages/local-dbt-cloud/seed";
import { connectionsOf } from "../../../packages/local-dbt-cloud/resources/connections/connections";
import { credentialsOf } from "../../../packages/local-dbt-cloud/resources/credentials/credentials";
import {
  environmentVariablesOf,
  resolvedVariables,
} from "../../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { environmentsOf } from "../../../packages/local-dbt-cloud/resources/environments/environments";
import { extendedAttributesOf } from "../../../packages/local-dbt-cloud/resources/extended-attributes/extended-attributes";
import { jobsOf, type Job } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { notificationsOf } from "../../../packages/local-dbt-cloud/resources/notifications/notifications";
import { environmentDefinition, jobDefinition } from "../../support/definitions";
import { localDbtCloud, TOKEN, V2, type LocalDbtCloud } from "../../support/local-dbt-cloud";
import { itIf } from "../../support/requirement";
import { version } from "../../../packages/provider-dbtcloud/package.json";
import { shippedEnvironments, synthesizeEnvironment, type TerraformJson } from "../../support/synthesis";
import { missingTerraformProvider } from "../../support/terraform-provider";
import { TerraformWorkspace } from "../../support/terraform-workspace";

const itWithProvider = itIf(missingTerraformProvider());

const PASSWORD = "correct horse";

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
    DBT_CLOUD_RETRY_INTERVAL_SECONDS: "1",
    TF_VAR_redshift_password: PASSWORD,
  };
  workspaces = [];
});
afterEach(async () => {
  for (const workspace of workspaces) workspace.remove();
  await cloud.close();
});

/** A workspace with the stack of an environment. */
function workspaceOf(definition: EnvironmentDefinition, environments = [definition]): TerraformWorkspace {
  const workspace = new TerraformWorkspace(env);
  workspaces.push(workspace);
  workspace.write(synthesizeEnvironment(definition, env, environments));
  return workspace;
}

/** The objects of the platform team's project without a stack. */
const SEEDED_VARIABLES = ["DBT_SCHEMA"];

function variableNames(): string[] {
  return environmentVariablesOf(cloud.world)
    .all()
    .map(({ name }) => name);
}

function activeJobs(): Job[] {
  return jobsOf(cloud.world)
    .all()
    .filter(({ state }) => state === 1);
}

/** The fields of a job that come from its definition. */
function decided(job: Job): object {
  const { id: _id, environment_id: _environment, name: _name, created_at: _c, updated_at: _u, ...rest } = job;
  return rest;
}

describe("the real provider, in reference mode", () => {
  itWithProvider(
    "applies staging and production, whose jobs are those that the API makes of the payloads",
    async () => {
      const environments = shippedEnvironments();
      const definitions = environments.filter(({ applied_by }) => applied_by === "terraform");
      const stacks = definitions.map((definition) => workspaceOf(definition, environments));
      for (const stack of stacks) await stack.apply();
      for (const stack of stacks) expect(await stack.differences()).toBe("");

      let compared = 0;
      for (const definition of definitions) {
        for (const [key, job] of Object.entries(definition.jobs)) {
          const name = terraformJobName({ team: definition.team, key, environment: definition.name });
          const applied = activeJobs().find((row) => row.name === name)!;
          expect(decided(applied)).toEqual(decided(await posted(job, definition, environments)));
          compared++;
        }
      }
      expect(compared).toBe(11);
    },
  );

  /** The row that posting a job's payload makes. */
  async function posted(
    job: JobDefinition,
    definition: EnvironmentDefinition,
    environments: readonly EnvironmentDefinition[],
  ): Promise<Job> {
    const idOf = ({ environment }: EnvironmentDefinition): number => ("id" in environment ? environment.id : NaN);
    const payload = jobPayload(job, {
      accountId: SEED_ACCOUNT_ID,
      projectId: 102,
      environmentId: idOf(definition),
      name: "posted",
      jobIdOf: (key) =>
        activeJobs().find(
          ({ name }) => name === terraformJobName({ team: definition.team, key, environment: definition.name }),
        )!.id,
      environmentIdOf: (name) => idOf(environments.find((environment) => environment.name === name)!),
    });
    const { code, body } = await cloud.send("POST", `${V2}/jobs/`, payload);
    expect(code).toBe(201);
    return jobsOf(cloud.world).get((body.data as { id: number }).id)!;
  }
});

const managed = {
  project: {
    managed: {
      name: "Marketing",
      description: "Managed by us",
      dbt_project_subdirectory: "dbt",
      repository: { remote_url: "git@git.example.com:m/dbt.git" },
      connection: { name: "Redshift", hostname: "redshift.example.com", dbname: "marketing" },
    },
  },
  environment: {
    managed: {
      name: "Production",
      deployment_type: "production",
      credential: { username: "dbt", default_schema: "marketing" },
      extended_attributes: { sslmode: "a<b>&c", ra3_node: true, 10: 1.5, 9: [] },
    },
  },
  environment_variables: { DBT_WINDOW: "30", DBT_REGION: "eu ${x} %{y}" },
};

const notifications = [
  { on: ["failure", "warning"], user_id: 1, email: "a@example.com" },
  { on: ["failure"], user_id: 1, slack_channel: { id: "C1", name: "#data" } },
];

const jobs = {
  full: jobDefinition({
    schedule: { at: ["06:30", "18:30"], days: ["monday", "friday"] },
    target_name: "prod",
    threads: 8,
    timeout_seconds: 900,
    dbt_version: "latest",
    generate_docs: true,
    run_generate_sources: true,
    run_lint: true,
    errors_on_lint_failure: false,
    environment_variables: { DBT_WINDOW: "7" },
    notifications: [{ on: ["success", "cancel"], user_id: 2 }],
  }),
  next: jobDefinition({ run_after: { job: "full", on: ["success", "error"] }, defer_to: { job: "full" } }),
  incremental: jobDefinition({ defer_to: "self", cost_optimization_features: ["state_aware_orchestration"] }),
  ci: jobDefinition({
    triggers: { github_webhook: true },
    triggers_on_draft_pr: true,
    defer_to: { environment: "test" },
    run_compare_changes: true,
  }),
  merge: jobDefinition({ triggers: { on_merge: true } }),
};

/** Every object of the managed stack changed in place, and a job under a new key. */
const changed = {
  project: {
    managed: {
      ...managed.project.managed,
      description: "",
      connection: { ...managed.project.managed.connection, port: 5440 },
    },
  },
  environment: {
    managed: {
      ...managed.environment.managed,
      name: "Prod",
      dbt_version: "compatible",
      credential: { username: "dbt", default_schema: "reporting" },
      extended_attributes: { sslmode: "a<b", ra3_node: false },
    },
  },
  environment_variables: { ...managed.environment_variables, DBT_REGION: "us ${x} %{y}" },
  notifications: [{ on: ["success"], user_id: 1, email: "a@example.com" }, notifications[1]],
  jobs: {
    incremental: jobs.incremental,
    ci: jobs.ci,
    merge: jobs.merge,
    complete: jobDefinition({
      moved_from: "full",
      schedule: { at: ["05:00"] },
      threads: 2,
      environment_variables: { DBT_WINDOW: "8" },
      notifications: jobs.full.notifications,
    }),
    next: jobDefinition({ run_after: { job: "complete", on: ["success", "error"] } }),
  },
};

describe("the real provider, in managed mode", () => {
  itWithProvider(
    "applies everything, changes jobs in place, keeps ids over a rename, and destroys it all",
    async () => {
      const { world } = cloud;
      const definition = environmentDefinition({ ...managed, notifications, jobs });
      const workspace = workspaceOf(definition);
      await workspace.apply();
      expect(await workspace.differences()).toBe("");

      const ids = await workspace.output<Record<string, number>>("job_ids");
      expect(activeJobs()).toHaveLength(5);
      expect(jobsOf(world).get(ids["incremental"]!)).toMatchObject({ deferring_job_definition_id: ids["incremental"] });
      expect(jobsOf(world).get(ids["next"]!)).toMatchObject({
        job_completion_trigger_condition: { condition: { job_id: ids["full"] } },
        deferring_job_definition_id: ids["full"],
      });

      workspace.write(synthesizeEnvironment(environmentDefinition(changed), env));
      const output = await workspace.apply();
      expect(output.match(/\S+: Destroying/g)).toEqual(["dbtcloud_job_completion_trigger.next: Destroying"]);
      expect(await workspace.differences()).toBe("");
      const after = await workspace.output<Record<string, number>>("job_ids");
      expect(after["complete"]).toBe(ids["full"]);
      expect(jobsOf(world).get(ids["full"]!)).toMatchObject({
        settings: { threads: 2 },
        schedule: { cron: "0 5 * * *" },
      });
      expect(jobsOf(world).get(ids["next"]!)).toMatchObject({
        job_completion_trigger_condition: { condition: { job_id: ids["full"] } },
        deferring_job_definition_id: null,
      });
      expect(resolvedVariables(world, jobsOf(world).get(ids["full"]!)!)).toEqual({
        DBT_WINDOW: "8",
        DBT_REGION: "us ${x} %{y}",
      });
      expect(credentialsOf(world).all()).toMatchObject([{ default_schema: "reporting", has_password: true }]);
      expect(JSON.stringify(credentialsOf(world).all())).not.toContain(PASSWORD);
      expect(connectionsOf(world).all()).toMatchObject([{ config: { port: 5440, dbname: "marketing" } }]);
      expect(extendedAttributesOf(world).all()).toMatchObject([{ text: '{"ra3_node":false,"sslmode":"a\\u003cb"}' }]);

      await workspace.destroy();
      expect(activeJobs()).toEqual([]);
      expect(
        environmentsOf(world)
          .all()
          .filter(({ state, project_id }) => state === 1 && project_id !== 102),
      ).toEqual([]);
      expect(variableNames()).toEqual(SEEDED_VARIABLES);
      expect(connectionsOf(world).all()).toEqual([]);
      expect(
        notificationsOf(world)
          .all()
          .filter(({ state }) => state === 1),
      ).toEqual([]);
    },
  );
});

describe("the real provider, with an existing job", () => {
  itWithProvider("adopts it by its id", async () => {
    const { body } = await cloud.send("POST", `${V2}/jobs/`, {
      name: "made by hand",
      project_id: 102,
      environment_id: 302,
      execute_steps: ["dbt build"],
    });
    const { id } = body.data as { id: number };
    const workspace = workspaceOf(
      environmentDefinition({
        project: { id: 102 },
        environment: { id: 302 },
        jobs: { adopted: jobDefinition({ adopt_job_id: id, threads: 3 }) },
      }),
    );
    expect(await workspace.apply()).toMatch(/1 imported, 0 added, 1 changed, 0 destroyed/);
    expect(await workspace.differences()).toBe("");
    expect(activeJobs()).toMatchObject([{ id, settings: { threads: 3 } }]);
  });
});

describe("the real provider, with resources that the constructs do not use", () => {
  const everythingElse = (changes: { port: number; hours: number[] }): TerraformJson =>
    ({
      terraform: { required_providers: { dbtcloud: { source: "dbt-labs/dbtcloud", version } } },
      provider: { dbtcloud: [{}] },
      resource: {
        dbtcloud_global_connection: {
          postgres: {
            name: "Postgres",
            postgres: {
              hostname: "h",
              port: changes.port,
              dbname: "d",
              ssh_tunnel: { hostname: "t", port: 22, username: "u" },
            },
          },
        },
        dbtcloud_postgres_credential: {
          postgres: {
            project_id: 102,
            type: "postgres",
            username: "u",
            password: PASSWORD,
            default_schema: "s",
            num_threads: 2,
          },
        },
        dbtcloud_repository: {
          repository: {
            project_id: 102,
            remote_url: "git@git.example.com:m/dbt.git",
            pull_request_url_template: "https://git.example.com/{{sourceBranch}}",
          },
        },
        dbtcloud_environment: {
          development: { project_id: 102, name: "Development", type: "development", dbt_version: "latest" },
        },
        dbtcloud_environment_variable: {
          secret: {
            project_id: 102,
            name: "DBT_ENV_SECRET_X",
            environment_values: { project: "hush", "marketing-production": "hush" },
            depends_on: ["dbtcloud_environment.development"],
          },
        },
        dbtcloud_notification: {
          n: { user_id: 1, notification_type: 1, on_success: ["${dbtcloud_job.interval.id}"] },
        },
        dbtcloud_job: {
          interval: {
            ...{ name: "interval", project_id: 102, environment_id: 302, execute_steps: ["dbt build"] },
            ...{ schedule_type: "interval_cron", schedule_interval: 3, schedule_days: [1, 5] },
            triggers: { schedule: true },
          },
          hours: {
            ...{ name: "hours", project_id: 102, environment_id: 302, execute_steps: ["dbt build"] },
            ...{ schedule_type: "days_of_week", schedule_hours: changes.hours, schedule_days: [5, 1] },
            triggers: { schedule: true },
          },
        },
      },
      data: {
        dbtcloud_jobs: { all: { project_id: 102 } },
        dbtcloud_environments: { all: { project_id: 102 } },
        dbtcloud_projects: { all: {} },
        dbtcloud_project: { by_name: { name: "marketing ANALYTICS" } },
        dbtcloud_environment: { production: { project_id: 102, environment_id: 302 } },
      },
    }) as unknown as TerraformJson;

  itWithProvider("applies it, changes it in place and destroys it", async () => {
    const workspace = new TerraformWorkspace(env);
    workspaces.push(workspace);
    for (const changes of [
      { port: 5432, hours: [5, 9] },
      { port: 5433, hours: [6] },
    ]) {
      workspace.write(everythingElse(changes));
      await workspace.apply();
      expect(await workspace.differences()).toBe("");
      expect(connectionsOf(cloud.world).all()).toMatchObject([{ config: { port: changes.port } }]);
      expect(
        activeJobs()
          .map(({ schedule }) => schedule.cron)
          .sort(),
      ).toEqual([`0 ${changes.hours.join(",")} * * 5,1`, "4 */3 * * 1,5"]);
    }
    await workspace.destroy();
    expect(activeJobs()).toEqual([]);
    expect(variableNames()).toEqual(SEEDED_VARIABLES);
  });
});
