import { DataDbtcloudEnvironment } from "@cdktf/provider-dbtcloud/lib/data-dbtcloud-environment";
import { Environment } from "@cdktf/provider-dbtcloud/lib/environment";
import { ExtendedAttributes } from "@cdktf/provider-dbtcloud/lib/extended-attributes";
import { RedshiftCredential } from "@cdktf/provider-dbtcloud/lib/redshift-credential";
import { TerraformVariable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { ManagedEnvironmentDefinition } from "../src/env-files/definition";
import { literals } from "./literals";
import type { IMarketingProject } from "./marketing-project";
import { requireId } from "./require-id";

/** An environment of dbt Cloud in which jobs run, managed here or elsewhere. */
export interface IDeploymentEnvironment extends IConstruct {
  /** The environment's id; a token when the environment is managed here. */
  readonly environmentId: number;
  /** The environment's name in dbt Cloud, by which environment variables are scoped. A token. */
  readonly environmentName: string;
}

/** Props of a DeploymentEnvironment. */
export interface DeploymentEnvironmentProps {
  /** The environment as an env file declares it under `environment.managed`. */
  readonly definition: ManagedEnvironmentDefinition;
  /** The project that the environment belongs to. */
  readonly project: IMarketingProject;
  /** The branch that dbt Cloud checks out for scheduled runs. */
  readonly customBranch: string;
}

/**
 * A deployment environment that Terraform manages: its release track and branch, a Redshift credential, the connection, and
 * extended attributes. The credential's password is the Terraform variable `redshift_password`
 * (`TF_VAR_redshift_password`), write-only, so that it is in no file, plan or state.
 *
 * Use `DeploymentEnvironment.fromEnvironmentId` for an environment that another team manages.
 */
export class DeploymentEnvironment extends Construct implements IDeploymentEnvironment {
  /**
   * Refers to an environment that is managed elsewhere. It adds nothing to the stack until something
   * reads its name, which Terraform then gets from dbt Cloud.
   *
   * @param environmentId the number in the environment's URL
   * @throws when it is not a whole number from 1
   */
  static fromEnvironmentId(
    scope: Construct,
    id: string,
    environmentId: number,
    project: IMarketingProject,
  ): IDeploymentEnvironment {
    return new ReferredEnvironment(scope, id, requireId(scope, id, "environmentId", environmentId), project);
  }

  readonly environmentId: number;
  readonly environmentName: string;

  /** @throws when neither the environment nor its project has a connection */
  constructor(scope: Construct, id: string, props: DeploymentEnvironmentProps) {
    super(scope, id);
    const { definition, project, customBranch } = props;
    const connectionId = definition.connection?.id ?? project.connectionId;
    if (connectionId === undefined) {
      throw new Error(`${this.node.path}: neither the environment nor its project has a connection`);
    }

    const environment = new Environment(this, "Resource", {
      projectId: project.projectId,
      name: literals(definition.name),
      type: "deployment",
      deploymentType: definition.deployment_type,
      dbtVersion: definition.dbt_version,
      useCustomBranch: true,
      customBranch: literals(customBranch),
      connectionId,
      credentialId: this.credentialId(project, definition.credential),
      extendedAttributesId: this.extendedAttributesId(project, definition.extended_attributes),
    });
    environment.overrideLogicalId("environment");

    this.environmentId = environment.environmentId;
    this.environmentName = environment.name;
  }

  private credentialId(project: IMarketingProject, definition: ManagedEnvironmentDefinition["credential"]): number {
    const password = new TerraformVariable(this, "RedshiftPassword", {
      type: "string",
      sensitive: true,
      description: "Password of the Redshift user; set TF_VAR_redshift_password",
    });
    password.overrideLogicalId("redshift_password");
    const credential = new RedshiftCredential(this, "Credential", {
      projectId: project.projectId,
      username: literals(definition.username),
      defaultSchema: definition.default_schema,
      numThreads: definition.threads,
      passwordWo: password.stringValue,
      passwordWoVersion: definition.password_version,
    });
    credential.overrideLogicalId("redshift");
    return credential.credentialId;
  }

  private extendedAttributesId(
    project: IMarketingProject,
    attributes: ManagedEnvironmentDefinition["extended_attributes"],
  ): number | undefined {
    if (!attributes) return undefined;
    const resource = new ExtendedAttributes(this, "ExtendedAttributes", {
      projectId: project.projectId,
      extendedAttributes: literals(asTerraformEncodes(attributes)),
    });
    resource.overrideLogicalId("extended_attributes");
    return resource.extendedAttributesId;
  }
}

/**
 * JSON as Terraform's `jsonencode` writes it, because the provider compares the text byte by byte: no spaces, sorted keys,
 * and `<`, `>`, `&` escaped.
 */
function asTerraformEncodes(value: unknown): string {
  const sorted = (_key: string, inner: unknown): unknown =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  return JSON.stringify(value, sorted).replace(
    /[<>&]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

class ReferredEnvironment extends Construct implements IDeploymentEnvironment {
  private data?: DataDbtcloudEnvironment;

  constructor(
    scope: Construct,
    id: string,
    readonly environmentId: number,
    private readonly project: IMarketingProject,
  ) {
    super(scope, id);
  }

  get environmentName(): string {
    if (!this.data) {
      this.data = new DataDbtcloudEnvironment(this, "Data", {
        projectId: this.project.projectId,
        environmentId: this.environmentId,
      });
      this.data.overrideLogicalId("environment");
    }
    return this.data.name;
  }
}
