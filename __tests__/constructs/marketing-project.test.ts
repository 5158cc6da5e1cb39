import { TerraformStack, Testing } from "cdktf";
import { MarketingProject } from "../../constructs/marketing-project";
import { schemaViolations } from "../support/provider-schema";
import { synthesize } from "../support/synthesis";

const minimal = {
  name: "Marketing",
  description: "",
  dbt_project_subdirectory: "dbt",
  repository: { remote_url: "git@git.example.com:m/dbt.git", git_clone_strategy: "deploy_key" as const },
  connection: { name: "Redshift", hostname: "redshift.example.com", port: 5439, dbname: "analytics" },
};

describe("MarketingProject", () => {
  it("creates the project, the linked repository and the connection", () => {
    const json = synthesize((stack) => new MarketingProject(stack, "Project", { definition: minimal }));
    expect(json["resource"]).toEqual({
      dbtcloud_project: {
        project: { name: "Marketing", description: "", dbt_project_subdirectory: "dbt" },
      },
      dbtcloud_repository: {
        repository: {
          project_id: "${dbtcloud_project.project.id}",
          remote_url: "git@git.example.com:m/dbt.git",
          git_clone_strategy: "deploy_key",
        },
      },
      dbtcloud_project_repository: {
        repository: {
          project_id: "${dbtcloud_project.project.id}",
          repository_id: "${dbtcloud_repository.repository.repository_id}",
        },
      },
      dbtcloud_global_connection: {
        redshift: {
          name: "Redshift",
          redshift: { hostname: "redshift.example.com", port: 5439, dbname: "analytics" },
        },
      },
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("passes on all values", () => {
    const json = synthesize((stack) => {
      new MarketingProject(stack, "Project", {
        definition: {
          ...minimal,
          description: "All of marketing",
          repository: {
            remote_url: "https://git.example.com/m/dbt.git",
            git_clone_strategy: "deploy_token",
            gitlab_project_id: 7,
            github_installation_id: 8,
          },
        },
      });
    });
    expect(json["resource"]!["dbtcloud_project"]!["project"]).toMatchObject({ description: "All of marketing" });
    expect(json["resource"]!["dbtcloud_repository"]!["repository"]).toMatchObject({
      git_clone_strategy: "deploy_token",
      gitlab_project_id: 7,
      github_installation_id: 8,
    });
    expect(schemaViolations(json)).toEqual([]);
  });

  it("adds nothing for a project that another team manages", () => {
    let projectId = 0;
    const json = synthesize((stack) => {
      const project = MarketingProject.fromProjectId(stack, "Project", 102);
      projectId = project.projectId;
      expect(project.connectionId).toBeUndefined();
    });
    expect(projectId).toBe(102);
    expect(json["resource"]).toBeUndefined();
  });

  it.each([0, -3, 1.5, Number.NaN])("refuses %p as an id", (id) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    expect(() => MarketingProject.fromProjectId(stack, "Project", id)).toThrow(
      new Error(`stack/Project: projectId must be a whole number from 1, got ${id}`),
    );
  });
});
