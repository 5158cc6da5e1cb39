import { GlobalConnection } from "@cdktf/provider-dbtcloud/lib/global-connection";
import { Project } from "@cdktf/provider-dbtcloud/lib/project";
import { ProjectRepository } from "@cdktf/provider-dbtcloud/lib/project-repository";
import { Repository } from "@cdktf/provider-dbtcloud/lib/repository";
import { Construct, type IConstruct } from "constructs";
import type { ManagedProjectDefinition } from "../src/env-files/definition";
import { literals } from "./literals";
import { requireId } from "./require-id";

/** A dbt Cloud project. This stack or another team manages it. */
export interface IMarketingProject extends IConstruct {
  /** The project's id. It is a token if this stack manages the project. */
  readonly projectId: number;
  /**
   * The id of the project's Redshift connection.
   *
   * @default - unknown, because another team manages the project
   */
  readonly connectionId?: number;
}

/** Props of a managed project. */
export interface MarketingProjectProps {
  /** The project, its repository and its connection, from `project.managed` of an env file. */
  readonly definition: ManagedProjectDefinition;
}

/**
 * A dbt Cloud project that Terraform manages: the project, its git repository, and a Redshift connection.
 *
 * Use `MarketingProject.fromProjectId` for a project that another team manages.
 */
export class MarketingProject extends Construct implements IMarketingProject {
  /**
   * Refers to a project that another team manages. The reference adds nothing to the stack.
   *
   * @param projectId the number in the project's URL
   * @throws if the id is not a whole number from 1
   */
  static fromProjectId(scope: Construct, id: string, projectId: number): IMarketingProject {
    class Reference extends Construct implements IMarketingProject {
      readonly projectId = requireId(scope, id, "projectId", projectId);
    }
    return new Reference(scope, id);
  }

  readonly projectId: number;
  readonly connectionId: number;

  constructor(scope: Construct, id: string, props: MarketingProjectProps) {
    super(scope, id);
    const { name, description, dbt_project_subdirectory, repository, connection } = literals(props.definition);

    const project = new Project(this, "Resource", {
      name,
      description,
      dbtProjectSubdirectory: dbt_project_subdirectory,
    });
    project.overrideLogicalId("project");

    const clone = new Repository(this, "Repository", {
      projectId: project.getNumberAttribute("id"),
      remoteUrl: repository.remote_url,
      gitCloneStrategy: repository.git_clone_strategy,
      gitlabProjectId: repository.gitlab_project_id,
      githubInstallationId: repository.github_installation_id,
    });
    clone.overrideLogicalId("repository");

    const link = new ProjectRepository(this, "ProjectRepository", {
      projectId: project.getNumberAttribute("id"),
      repositoryId: clone.repositoryId,
    });
    link.overrideLogicalId("repository");

    const redshift = new GlobalConnection(this, "Connection", {
      name: connection.name,
      redshift: {
        hostname: connection.hostname,
        port: connection.port,
        dbname: connection.dbname,
      },
    });
    redshift.overrideLogicalId("redshift");

    this.projectId = project.getNumberAttribute("id");
    this.connectionId = redshift.getNumberAttribute("id");
  }
}
