import { active, type World } from "../../world";
import { connectionAnswer } from "../connections/answer";
import { connectionsOf } from "../connections/connections";
import { environmentsOf } from "../environments/environments";
import { repositoryAnswer } from "../repositories/answer";
import { repositoriesOf } from "../repositories/repositories";
import type { Project } from "./projects";

/** A project as it is answered. Related objects are null unless a request asks for them. */
export function projectAnswer(project: Project, world: World, related: readonly string[] = []): object {
  const asked = <T>(name: string, find: () => T | undefined): T | null =>
    related.includes(name) ? (find() ?? null) : null;
  return {
    ...project,
    connection: asked("connection", () => {
      const connection = connectionsOf(world).get(project.connection_id ?? 0);
      return connection && { ...connectionAnswer(connection), project_id: project.id, state: 1, type: "adapter" };
    }),
    repository: asked("repository", () => {
      const repository = active(repositoriesOf(world), project.repository_id ?? 0);
      return repository && repositoryAnswer(repository);
    }),
    environments: asked("environments", () =>
      environmentsOf(world)
        .all()
        .filter((row) => row.state === 1 && row.project_id === project.id),
    ),
    group_permissions: null,
    docs_job: null,
    freshness_job: null,
    fusion_readiness: null,
    default_version: null,
  };
}
