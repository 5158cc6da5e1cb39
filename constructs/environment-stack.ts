import { DbtcloudProvider } from "@cdktf/provider-dbtcloud/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { EnvironmentDefinition } from "../src/env-files/definition";
import type { Settings } from "../src/env-files/settings";
import { terraformJobName } from "../src/jobs/names";
import { environmentIdByName } from "../src/jobs/reference";
import { DeploymentEnvironment, type IDeploymentEnvironment } from "./deployment-environment";
import { EnvironmentVariables } from "./environment-variables";
import { Job } from "./job";
import { MarketingProject, type IMarketingProject } from "./marketing-project";
import { Notifications } from "./notifications";
import { addStateBackend } from "./state-backend";

/** Props of an EnvironmentStack. */
export interface EnvironmentStackProps {
  /** The environment, from an env file that Terraform applies. */
  readonly definition: EnvironmentDefinition;
  /** Every declared environment, so that jobs can defer to another one by name. */
  readonly environments: readonly EnvironmentDefinition[];
  /** The account, the host and the location of the state. */
  readonly settings: Pick<Settings, "accountId" | "host" | "hostIsDefault" | "stateUrl">;
}

/** The stack of one environment with all resources of its env file. The stack's id is the file's `name`. */
export class EnvironmentStack extends TerraformStack {
  readonly project: IMarketingProject;
  readonly environment: IDeploymentEnvironment;
  /** The jobs by key, in file order. */
  readonly jobs: ReadonlyMap<string, Job>;

  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, props.definition.name);
    const { definition, settings } = props;
    addStateBackend(this, settings.stateUrl);
    new DbtcloudProvider(this, "DbtCloud", {
      accountId: settings.accountId,
      hostUrl: settings.hostIsDefault ? undefined : `${settings.host}/api`,
    });

    this.project = this.addProject(definition);
    this.environment = this.addEnvironment(definition);
    const environmentVariables = new EnvironmentVariables(this, "EnvironmentVariables", {
      values: definition.environment_variables,
      project: this.project,
      environment: this.environment,
    });
    this.jobs = this.addJobs(props, environmentVariables);
    new Notifications(this, "Notifications", {
      wishes: Object.entries(definition.jobs).flatMap(([key, job]) =>
        [...definition.notifications, ...job.notifications].map((wish) => ({
          definition: wish,
          job: this.jobs.get(key)!,
        })),
      ),
    });
    this.addOutputs(settings);
  }

  private addProject({ project }: EnvironmentDefinition): IMarketingProject {
    return "id" in project
      ? MarketingProject.fromProjectId(this, "Project", project.id)
      : new MarketingProject(this, "Project", { definition: project.managed });
  }

  private addEnvironment({ environment, git_branch }: EnvironmentDefinition): IDeploymentEnvironment {
    return "id" in environment
      ? DeploymentEnvironment.fromEnvironmentId(this, "Environment", environment.id, this.project)
      : new DeploymentEnvironment(this, "Environment", {
          definition: environment.managed,
          project: this.project,
          customBranch: git_branch!,
        });
  }

  private addJobs(
    { definition, environments }: EnvironmentStackProps,
    environmentVariables: EnvironmentVariables,
  ): Map<string, Job> {
    const findEnvironmentId = (name: string): number | undefined => {
      if (name === definition.name) return this.environment.environmentId;
      return environmentIdByName(environments, name);
    };
    // Jobs have a separate scope, so a job's key cannot collide with the ids of the stack's other parts.
    const scope = new Construct(this, "Jobs");
    const jobs = new Map<string, Job>();
    for (const [key, job] of Object.entries(definition.jobs)) {
      jobs.set(
        key,
        new Job(scope, key, {
          key,
          name: terraformJobName({ team: definition.team, key, environment: definition.name }),
          definition: job,
          project: this.project,
          environment: this.environment,
          findJob: (other) => jobs.get(other),
          findEnvironmentId,
          environmentVariables,
        }),
      );
    }
    return jobs;
  }

  /** Job ids by key. If the account is known, also the URL of each job. */
  private addOutputs({ accountId, host }: EnvironmentStackProps["settings"]): void {
    const entries = [...this.jobs].map(([key, job]) => [key, job.jobId] as const);
    const ids = new TerraformOutput(this, "job_ids", { value: Object.fromEntries(entries) });
    ids.overrideLogicalId("job_ids");
    if (accountId === undefined) return;
    const base = `${host}/deploy/${accountId}/projects/${this.project.projectId}/jobs`;
    const urls = new TerraformOutput(this, "job_urls", {
      value: Object.fromEntries(entries.map(([key, id]) => [key, `${base}/${id}`])),
    });
    urls.overrideLogicalId("job_urls");
  }
}
