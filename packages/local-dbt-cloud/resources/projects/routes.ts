import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import { paged, stateFilter } from "../../http/paging";
import { all, contains, given, numbers, text, type Filter, type RawQuery } from "../../http/query";
import { timestamp, type Routes } from "../../world";
import { removeProject } from "../removal";
import { projectAnswer } from "./answer";
import { projectBody, projectFields, projectIn, projectsOf, type Project } from "./projects";

/** Projects: all requests in v3, and reads in v2. */
export const projectRoutes: Routes = (app, world) => {
  const collection = projectsOf(world);

  for (const version of ["v2", "v3"]) {
    app.get(`/api/${version}/accounts/:account/projects/`, (request) => {
      const query = request.query as RawQuery;
      return paged(collection.all().filter(matches(query)).map(projectAnswer), query, ["name"]);
    });
    app.get(`/api/${version}/accounts/:account/projects/:project/`, (request) =>
      single(projectAnswer(projectIn(world, request.params))),
    );
  }

  app.post("/api/v3/accounts/:account/projects/", (request, reply) => {
    const body = parseBody(projectBody, request.body);
    const now = timestamp(world.now());
    const project = collection.insert({
      ...projectFields(body),
      account_id: world.accountId,
      created_at: now,
      updated_at: now,
    });
    return reply.code(201).send(single(projectAnswer(project), 201));
  });

  app.post("/api/v3/accounts/:account/projects/:project/", (request) => {
    const project = projectIn(world, request.params);
    const body = parseBody(projectBody, request.body);
    const updated = { ...project, ...projectFields(body, project), updated_at: timestamp(world.now()) };
    if (updated.state === 2) removeProject(world, updated);
    else collection.put(updated);
    return single(projectAnswer(updated));
  });

  app.delete("/api/v3/accounts/:account/projects/:project/", (request, reply) => {
    removeProject(world, projectIn(world, request.params));
    return reply.code(204).send();
  });
};

function matches(query: RawQuery): Filter<Project> {
  return all<Project>(
    stateFilter(query),
    given(text(query, "name__icontains"), (part, row) => contains(row.name, part)),
    given(numbers(query, "pk__in") ?? numbers(query, "pk"), (ids, row) => ids.includes(row.id)),
  );
}
