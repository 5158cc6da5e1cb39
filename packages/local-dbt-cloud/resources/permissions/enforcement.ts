import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refused, notFound } from "../../http/refused";
import type { Rows } from "../../store/store";
import type { World } from "../../world";
import { environmentsOf } from "../environments/environments";
import { jobsOf } from "../jobs/jobs";
import { repositoriesOf } from "../repositories/repositories";
import { runsOf, stepsOf } from "../runs/runs";
import { mappingsOf, semanticLayerCredentialsOf } from "../semantic-layer/semantic-layer";
import type { Permission } from "./permissions";
import { allows, areaOf } from "./sets";

type FoundProject = number | undefined;

/** The project of an object that an address names by its id alone. */
const PROJECT_OF: Readonly<Record<string, (world: World, id: number) => FoundProject>> = {
  project: (_world, id) => id,
  job: (world, id) => jobsOf(world).get(id)?.project_id,
  run: (world, id) => runsOf(world).get(id)?.project_id,
  step: (world, id) => runsOf(world).get(stepsOf(world).get(id)?.run_id ?? 0)?.project_id,
  environment: (world, id) => environmentsOf(world).get(id)?.project_id,
  repository: (world, id) => repositoriesOf(world).get(id)?.project_id,
  semantic_layer_credential: (world, id) => semanticLayerCredentialsOf(world).get(id)?.project_id,
  semantic_layer_mapping: (world, id) => mappingsOf(world).get(id)?.project_id,
};

/** Whether the token of a request may see a project. Objects outside a project are seen by every token. */
function sees({ permissions }: FastifyRequest, projectId: FoundProject | null): boolean {
  if (permissions === "all" || projectId === undefined || projectId === null) return true;
  return permissions.some((permission) => permission.all_projects || permission.project_id === projectId);
}

/** The rows that the token of a request may see. @param projectOf the project of a row */
export function visible<T>(
  request: FastifyRequest,
  rows: Rows<T>,
  projectOf: (row: T) => FoundProject | null,
): Rows<T> {
  return request.permissions === "all" ? rows : rows.filter((row) => sees(request, projectOf(row)));
}

/** Refuses each request that the permission sets of its token do not allow. */
export function enforcePermissions(app: FastifyInstance, world: World): void {
  app.addHook("preHandler", (request, _reply, done) => {
    done(refusal(world, request));
  });
}

function refusal(world: World, request: FastifyRequest): Refused | undefined {
  const { permissions, method, routeOptions } = request;
  if (permissions === "all" || routeOptions.url === undefined || routeOptions.config.isPublic) return undefined;
  const projects = projectsIn(world, request);
  const hidden = [...projects, upstreamProject(world, request.body)].find((id) => !sees(request, id));
  if (hidden !== undefined) return notFound(`project ${hidden}`);
  const isWrite = !["GET", "HEAD", "OPTIONS"].includes(method);
  const area = areaOf(method, routeOptions.url);
  if (area === undefined && !isWrite) return undefined;
  const isAllowed = (projectId: FoundProject): boolean =>
    area !== undefined && permissions.some((permission) => grants(permission, area, isWrite, projectId));
  if (projects.length === 0 ? isAllowed(undefined) : projects.every(isAllowed)) return undefined;
  return new Refused(403, `The token has no permission to ${isWrite ? "write" : "read"} ${area ?? "this"}.`);
}

function grants(permission: Permission, area: string, isWrite: boolean, projectId: FoundProject): boolean {
  // What belongs to no project can be read with a permission for one project, but not written.
  const isInScope = projectId === undefined ? !isWrite : permission.project_id === projectId;
  return (permission.all_projects || isInScope) && allows(permission.permission_set, area, isWrite);
}

/** The project of the job whose end starts the job in a body. A token that does not see it would learn when it ends. */
function upstreamProject(world: World, body: unknown): FoundProject {
  const { job_completion_trigger_condition: trigger } = (body ?? {}) as {
    job_completion_trigger_condition?: { condition?: { job_id?: unknown } } | null;
  };
  const id = trigger?.condition?.job_id;
  return typeof id === "number" ? jobsOf(world).get(id)?.project_id : undefined;
}

/** The projects that a request touches: of its address, and of its body. */
function projectsIn(world: World, { params, body }: FastifyRequest): number[] {
  const named = Object.entries(params as Readonly<Record<string, string>>).map(([name, id]) =>
    PROJECT_OF[name]?.(world, Number(id)),
  );
  const { project_id } = (typeof body === "object" && body !== null ? body : {}) as { project_id?: unknown };
  return [...named, typeof project_id === "number" ? project_id : undefined].filter((id) => id !== undefined);
}
