import { PartialEnvironmentVariable } from "@cdktf/provider-dbtcloud/lib/partial-environment-variable";
import { Construct } from "constructs";
import type { IDeploymentEnvironment } from "./deployment-environment";
import { literals } from "./literals";
import type { IMarketingProject } from "./marketing-project";

/** Props of EnvironmentVariables. */
export interface EnvironmentVariablesProps {
  /** Names and values; names start with `DBT_`. */
  readonly values: Readonly<Record<string, string>>;
  /** The project that the variables belong to. */
  readonly project: IMarketingProject;
  /** The environment of the values. */
  readonly environment: IDeploymentEnvironment;
}

/**
 * One environment's values of the project's environment variables. The variables belong to all environments, so a stack
 * manages only its own values.
 */
export class EnvironmentVariables extends Construct {
  /** The variables by name, for resources that depend on them. */
  readonly variables = new Map<string, PartialEnvironmentVariable>();

  constructor(scope: Construct, id: string, props: EnvironmentVariablesProps) {
    super(scope, id);
    for (const [name, value] of Object.entries(literals(props.values))) {
      const variable = new PartialEnvironmentVariable(this, name, {
        projectId: props.project.projectId,
        name,
        environmentValues: { [props.environment.environmentName]: value },
      });
      variable.overrideLogicalId(name);
      this.variables.set(name, variable);
    }
  }
}
