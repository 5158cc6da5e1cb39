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

/** A dbt Cloud environment in which jobs run. This stack or another team manages it. */
export interface IDeploymentEnvironment extends IConstruct {
  /** The environment's id. It is a token if this stack manages the environment. */
  readonly environmentId: number;
  /** The environment's name in dbt Cloud, which scopes environment variables. It is a token. */
  readonly environmentName: string;
}

/** Props of a DeploymentEnvironment. */
export interface DeploymentEnvironmentProps {
  /** The environment, from `environment.managed` of an env file. */
  readonly definition: ManagedEnvironmentDefinition;
  /** The project that the environment belongs to. */
  readonly project: IMarketingProject;
  /** The branch that dbt Cloud checks out for scheduled runs. */
  readonly customBranch: string;
}

/**
 * A deployment environment that Terraform manages: its release track and branch, a Redshift credential, the connection, and
 * extended attributes. The Terraform variable `redshift_password` (`TF_VAR_redshift_password`) sets the credential's
 * password. It is write-only, so no file, plan or state contains it.
 *
 * Use `DeploymentEnvironment.fromEnvironmentId` for an environment that another team manages.
 */
export class DeploymentEnvironment extends Construct implements IDeploymentEnvironment {
  /**
   * Refers to an environment that another team manages. The reference adds nothing to the stack until a construct reads
   * the environment's name. Terraform then reads the name from dbt Cloud.
   *
   * @param environmentId the number in the environment's URL
   * @throws if the id is not a whole number from 1
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

  /** @throws if neither the environment nor its project has a connection */
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
 * JSON in the format of Terraform's `jsonencode`: no spaces, sorted keys, and `<`, `>`, `&` escaped. The provider
 * compares the text byte by byte.
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
