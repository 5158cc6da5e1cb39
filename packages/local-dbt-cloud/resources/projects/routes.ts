import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, contains, given, idIn, numbers, text, type Filter, type RawQuery } from "../../http/query";
import { notFound } from "../../http/refused";
import { active, timestamp, type Routes, type World } from "../../world";
import { removeProject } from "../removal";
import { projectBody, projectsOf, type Project } from "./projects";

/** Projects: v3 for all, v2 for listing. */
export const projectRoutes: Routes = (app, world) => {
  const collection = projectsOf(world);

  for (const version of ["v2", "v3"]) {
    app.get(`/api/${version}/accounts/:account/projects/`, (request) => {
      const query = request.query as RawQuery;
      return paged(collection.all().filter(matches(query)).map(asAnswered), query, ["name"]);
    });
    app.get(`/api/${version}/accounts/:account/projects/:project/`, (request) =>
      single(asAnswered(projectIn(world, request.params))),
    );
  }

  app.post("/api/v3/accounts/:account/projects/", (request, reply) => {
    const body = parseBody(projectBody, request.body);
    const now = timestamp(world.now());
    const project = collection.insert({
      ...fields(body),
      account_id: world.accountId,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(asAnswered(project), 201));
  });

  app.post("/api/v3/accounts/:account/projects/:project/", (request) => {
    const project = projectIn(world, request.params);
    const body = parseBody(projectBody, request.body);
    const updated = { ...project, ...fields(body, project), updated_at: timestamp(world.now()) };
    if (updated.state === 2) removeProject(world, updated);
    else collection.put(updated);
    return single(asAnswered(updated));
  });

  app.delete("/api/v3/accounts/:account/projects/:project/", (request, reply) => {
    removeProject(world, projectIn(world, request.params));
    return reply.code(204).send();
  });
};

/** The project that a path names. */
export function projectIn(world: World, params: unknown): Project {
  const id = idIn(params, "project");
  const project = active(projectsOf(world), id);
  if (!project) throw notFound(`project ${id}`);
  return project;
}

function matches(query: RawQuery): Filter<Project> {
  return all<Project>(
    stateFilter(query),
    given(text(query, "name__icontains"), (part, row) => contains(row.name, part)),
    given(numbers(query, "pk__in") ?? numbers(query, "pk"), (ids, row) => ids.includes(row.id)),
  );
}

type Body = ReturnType<typeof parseBody<typeof projectBody>>;

/**
 * What a body makes of a project. A repository that is absent is unlinked; a connection or subdirectory that is absent
 * stays as it was, as in dbt Cloud.
 */
function fields(body: Body, before?: Project): Omit<Project, "id" | "account_id" | "created_at" | "updated_at"> {
  return {
    ...body,
    dbt_project_subdirectory: body.dbt_project_subdirectory ?? before?.dbt_project_subdirectory ?? null,
    type: body.type ?? before?.type ?? 0,
    connection_id: body.connection_id ?? before?.connection_id ?? null,
  };
}

/** Objects beside the project are null unless they are asked for, and none of our clients asks for them. */
function asAnswered(project: Project): Project & Readonly<Record<string, unknown>> {
  return {
    ...project,
    connection: null,
    repository: null,
    environments: null,
    group_permissions: null,
    docs_job: null,
    freshness_job: null,
    fusion_readiness: null,
    default_version: null,
  };
}
