import type { FastifyRequest } from "fastify";
import { single } from "../http/envelope";
import { listedAs, type Listing } from "../http/filters";
import { idIn, words, type RawQuery } from "../http/query";
import { notFound } from "../http/refused";
import type { Collection } from "../store/store";
import { active, removeRow, timestamp, type Routes, type Stateful, type Timestamps, type World } from "../world";
import { visible } from "./permissions/enforcement";
import { projectIn } from "./projects/projects";

/** A row of a described resource. */
export interface DescribedRow extends Stateful, Timestamps {
  readonly account_id: number;
  /** The project of the row, if the resource belongs to projects. */
  readonly project_id?: number | null;
}

/** The fields that a body gives. The routes add the others. */
export type OwnFields<T> = Omit<T, "id" | "account_id" | "project_id" | "created_at" | "updated_at"> & {
  /** Only for a resource whose address has no project. */
  readonly project_id?: number | null;
};

/** The circumstances of a body. */
export interface Circumstances<T> {
  readonly world: World;
  /** The row that an update changes; undefined for a create. */
  readonly before: T | undefined;
  /** The project in the address, if there is one. */
  readonly projectId: number | undefined;
}

/**
 * A resource with the usual requests: list, read, create, change and delete. Everything that differs between resources
 * is here.
 */
export interface Resource<T extends DescribedRow> {
  /** The address of the list. With `:project` in it, each row belongs to a project. */
  readonly path: string;
  /** The name of the path's parameter for one row. Refusals also use it. */
  readonly name: string;
  readonly collection: (world: World) => Collection<T>;
  /**
   * The stored fields of a body.
   *
   * @throws Refused with 400 for a body that is not valid
   */
  readonly fields: (body: unknown, circumstances: Circumstances<T>) => OwnFields<T>;
  /**
   * The row as it is answered, with the related objects that a request asks for.
   *
   * @default - the row itself
   */
  readonly answer?: (row: T, world: World, related: readonly string[]) => object;
  /** The filters and the order of the list. */
  readonly listing?: Listing<T>;
  /**
   * The methods of a change.
   *
   * @default ["POST"]
   */
  readonly changedWith?: readonly ("PATCH" | "POST" | "PUT")[];
  /**
   * Other addresses at which the list and each row are read, such as the list of the whole account.
   *
   * @default - none
   */
  readonly alsoReadAt?: readonly string[];
  /** Other writes that belong to a create. They are one write with it. */
  readonly created?: (world: World, row: T) => void;
  /**
   * Deletes a row with everything that belongs to it.
   *
   * @default - deletes only the row
   */
  readonly remove?: (world: World, row: T) => void;
  /**
   * The status of a successful DELETE. With 200, the answer has the deleted row.
   *
   * @default 204
   */
  readonly removedWith?: 200 | 204;
}

/** The row that a path names, in the project that the path names, if it names one. */
function rowIn<T extends DescribedRow>(
  resource: Pick<Resource<T>, "collection" | "name" | "path">,
  world: World,
  params: unknown,
): T {
  const projectId = projectIdIn(resource, world, params);
  const id = idIn(params, resource.name);
  const row = active(resource.collection(world), id);
  if (!row || (projectId !== undefined && row.project_id !== projectId)) throw notFound(`${resource.name} ${id}`);
  return row;
}

/** The routes of a described resource. */
export function routesOf<T extends DescribedRow>(resource: Resource<T>): Routes {
  const { path, name, fields, answer = (row: T): object => row, listing, changedWith = ["POST"] } = resource;
  const removeOne =
    resource.remove ??
    ((world, row) => {
      removeRow(world, resource.collection(world), row);
    });
  return (app, world) => {
    const collection = resource.collection(world);
    const projectOf = ({ params }: FastifyRequest): number | undefined => projectIdIn(resource, world, params);
    const rowOf = ({ params }: FastifyRequest): T => rowIn(resource, world, params);
    const answered = ({ query }: FastifyRequest, row: T): object =>
      answer(row, world, words(query as RawQuery, "include_related"));

    for (const address of [path, ...(resource.alsoReadAt ?? [])]) {
      app.get(address, (request) => {
        const projectId = projectOf(request);
        const inProject = (row: T): boolean => projectId === undefined || row.project_id === projectId;
        const all = visible(request, collection.all(), (row) => (name === "project" ? row.id : row.project_id));
        const rows = projectId === undefined ? all : all.filter(inProject);
        return listedAs(rows, request.query as RawQuery, (row) => answered(request, row), listing);
      });
      app.get(`${address}:${name}/`, (request) => single(answered(request, rowOf(request))));
    }

    app.post(path, (request, reply) => {
      const project_id = projectOf(request);
      const own = fields(request.body, { world, before: undefined, projectId: project_id });
      const now = timestamp(world.clock.now());
      const times = { created_at: now, updated_at: now };
      const row = { ...own, account_id: world.accountId, ...(project_id !== undefined && { project_id }), ...times };
      const stored = world.store.atomically(() => {
        const inserted = collection.insert(row as unknown as Omit<T, "id">);
        resource.created?.(world, inserted);
        return inserted;
      });
      return reply.code(201).send(single(answered(request, stored), 201));
    });

    app.route({
      method: [...changedWith],
      url: `${path}:${name}/`,
      handler: (request) => {
        const before = rowOf(request);
        const own = fields(request.body, { world, before, projectId: projectOf(request) });
        const row = { ...before, ...own, updated_at: timestamp(world.clock.now()) };
        if (row.state === 2)
          world.store.atomically(() => {
            removeOne(world, row);
          });
        else collection.put(row);
        return single(answered(request, row));
      },
    });

    app.delete(`${path}:${name}/`, (request, reply) => {
      const row = rowOf(request);
      world.store.atomically(() => {
        removeOne(world, row);
      });
      if (resource.removedWith === 200) return reply.send(single(answered(request, { ...row, state: 2 })));
      return reply.code(204).send();
    });
  };
}

/** The project in the address. A project itself has an address without a project around it. */
function projectIdIn({ path }: { readonly path: string }, world: World, params: unknown): number | undefined {
  return path.includes(":project") && "project" in (params as object) ? projectIn(world, params).id : undefined;
}
