import { EnvironmentVariableJobOverride } from "@cdktf/provider-dbtcloud/lib/environment-variable-job-override";
import { Job as JobResource, type JobConfig } from "@cdktf/provider-dbtcloud/lib/job";
import { JobCompletionTrigger } from "@cdktf/provider-dbtcloud/lib/job-completion-trigger";
import { Lazy, Token, type TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { jobDescription, runsOnGitEvents, type JobDefinition } from "../src/jobs/definition";
import { completionTriggerAddress, environmentVariableOverrideAddress, jobAddress } from "../src/jobs/names";
import { cronOf } from "../src/jobs/schedule";
import type { IDeploymentEnvironment } from "./deployment-environment";
import type { EnvironmentVariables } from "./environment-variables";
import { literals } from "./literals";
import type { IMarketingProject } from "./marketing-project";

/** A dbt Cloud job that other jobs can refer to. */
export interface IJob extends IConstruct {
  /** The job's id, a token. */
  readonly jobId: number;
}

/** Props of a Job. */
export interface JobProps {
  /** The job's key, which is its Terraform address. */
  readonly key: string;
  /** The job's name in dbt Cloud. */
  readonly name: string;
  /** The job definition from an env file. */
  readonly definition: JobDefinition;
  /** The project that the job belongs to. */
  readonly project: IMarketingProject;
  /** The environment that the job runs in. */
  readonly environment: IDeploymentEnvironment;
  /**
   * Returns a job that this job refers to by its key. The construct calls it at synthesis, so a job can refer to a job
   * that comes later in the file.
   *
   * @default - a job that refers to another one fails
   */
  readonly findJob?: (key: string) => IJob | undefined;
  /**
   * Returns the id of an environment that this job defers to, by the environment's name.
   *
   * @default - a job that defers to an environment fails
   */
  readonly findEnvironmentId?: (name: string) => number | undefined;
  /**
   * The environment variables of the environment. dbt Cloud accepts a job's override only for a variable that exists.
   *
   * @default - the variables exist already
   */
  readonly environmentVariables?: EnvironmentVariables;
}

/**
 * A dbt Cloud job, with the trigger that starts it after another job, and with its overrides of environment variables.
 */
export class Job extends Construct implements IJob {
  readonly jobId: number;

  /** @throws at synthesis if the job refers to a job or an environment that does not exist */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: JobProps,
  ) {
    super(scope, id);
    const { definition, project } = props;
    const { adopt_job_id, adopt_override_ids, run_after, environment_variables } = definition;

    const resource = new JobResource(this, "Resource", this.config());
    this.place(resource, jobAddress);
    if (adopt_job_id !== undefined) resource.importFrom(String(adopt_job_id));
    this.jobId = resource.getNumberAttribute("id");

    if (run_after) {
      const trigger = new JobCompletionTrigger(this, "CompletionTrigger", {
        jobId: this.jobId,
        triggerJobId: this.jobIdOf(run_after.job),
        projectId: project.projectId,
        statuses: run_after.on,
        // The provider clears the completion trigger, which is another resource, each time it updates a job. The
        // trigger is therefore replaced with its job. It is a bare address, because Terraform does not accept CDKTF's
        // template here.
        lifecycle: { replaceTriggeredBy: [`${resource.terraformResourceType}.${jobAddress(props.key)}`] },
      });
      this.place(trigger, completionTriggerAddress);
    }
    for (const [variable, value] of Object.entries(environment_variables)) {
      const declared = props.environmentVariables?.variables.get(variable);
      const override = new EnvironmentVariableJobOverride(this, `Override-${variable}`, {
        projectId: project.projectId,
        jobDefinitionId: this.jobId,
        name: variable,
        rawValue: literals(value),
        dependsOn: declared && [declared],
      });
      this.place(override, (jobKey) => environmentVariableOverrideAddress(jobKey, variable));
      const overrideId = adopt_override_ids?.[variable];
      if (overrideId !== undefined) {
        override.importFrom(`${Token.asString(project.projectId)}:${adopt_job_id}:${overrideId}`);
      }
    }
  }

  /** Sets the address of a resource to the job's key, and moves the resource from the address of the former key. */
  private place(resource: TerraformResource, address: (key: string) => string): void {
    const { key, definition } = this.props;
    resource.overrideLogicalId(address(key));
    if (definition.moved_from !== undefined) {
      resource.moveFromId(`${resource.terraformResourceType}.${address(definition.moved_from)}`);
    }
  }

  /** The Terraform arguments of a job definition. `dbt-cloud/job-payload.ts` maps the same fields for the Admin API. */
  private config(): JobConfig {
    const {
      category: _category,
      description,
      owner,
      execute_steps,
      schedule,
      paused,
      expects: _expects,
      run_after: _runAfter,
      triggers,
      triggers_on_draft_pr,
      target_name,
      threads,
      timeout_seconds,
      dbt_version,
      generate_docs,
      run_generate_sources,
      defer_to,
      run_compare_changes,
      compare_changes_flags,
      run_lint,
      errors_on_lint_failure,
      cost_optimization_features,
      environment_variables: _environmentVariables,
      notifications: _notifications,
      sla: _sla,
      moved_from: _movedFrom,
      adopt_job_id: _adoptJobId,
      adopt_override_ids: _adoptOverrideIds,
      ...forgotten
    } = literals(this.props.definition);
    forgotten satisfies Record<string, never>;

    return {
      name: this.props.name,
      description: jobDescription({ description, owner }),
      projectId: this.props.project.projectId,
      environmentId: this.props.environment.environmentId,
      executeSteps: execute_steps,
      ...(schedule ? { scheduleType: "custom_cron", scheduleCron: cronOf(schedule) } : { scheduleType: "every_day" }),
      triggers: {
        githubWebhook: triggers.github_webhook,
        gitProviderWebhook: triggers.git_provider_webhook,
        schedule: schedule !== undefined && !paused,
        onMerge: triggers.on_merge,
      },
      triggersOnDraftPr: triggers_on_draft_pr,
      targetName: target_name,
      numThreads: threads,
      execution: { timeoutSeconds: timeout_seconds },
      dbtVersion: dbt_version,
      generateDocs: generate_docs,
      runGenerateSources: run_generate_sources,
      ...this.deferral(defer_to),
      runCompareChanges: run_compare_changes,
      compareChangesFlags: compare_changes_flags,
      runLint: run_lint,
      errorsOnLintFailure: errors_on_lint_failure,
      // An explicit empty list turns a feature off. Jobs that git events start must not have the attribute.
      costOptimizationFeatures: runsOnGitEvents(triggers) ? undefined : cost_optimization_features,
    };
  }

  private deferral(target: JobDefinition["defer_to"]): Partial<JobConfig> {
    if (target === undefined) return {};
    if (target === "self") return { selfDeferring: true };
    if ("job" in target) return { deferringJobId: this.jobIdOf(target.job) };
    const environmentId = this.props.findEnvironmentId?.(target.environment);
    if (environmentId === undefined) {
      throw new Error(`${this.node.path}: defers to the environment ${target.environment}, whose id is not known`);
    }
    return { deferringEnvironmentId: environmentId };
  }

  private jobIdOf(key: string): number {
    return Lazy.numberValue({
      produce: () => {
        const job = this.props.findJob?.(key);
        if (!job) throw new Error(`${this.node.path}: refers to the job ${key}, which does not exist`);
        return job.jobId;
      },
    });
  }
}
