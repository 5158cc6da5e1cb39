import type { FastifyRequest } from "fastify";
import { single } from "../http/envelope";
import { listed, type Listing } from "../http/filters";
import { idIn, words, type RawQuery } from "../http/query";
import { notFound } from "../http/refused";
import type { Collection } from "../store/store";
import { active, timestamp, type Routes, type Stateful, type Timestamps, type World } from "../world";
import { projectIn } from "./projects/projects";
import { removeRow } from "./removal";

/** A row of a described resource. */
export interface DescribedRow extends Stateful, Timestamps {
  readonly account_id: number;
  /** The project of the row, if the resource belongs to projects. */
  readonly project_id?: number | null;
}

/** The fields that a body gives. The routes add the others. */
export type OwnFields<T> = Omit<T, "id" | "account_id" | "project_id" | "created_at" | "updated_at">;

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
  /** Other writes that belong to a create. They are one write with it. */
  readonly created?: (world: World, row: T) => void;
  /** Other writes that belong to a deletion. They are one write with it. */
  readonly removed?: (world: World, row: T) => void;
  /**
   * The status of a successful DELETE. With 200, the answer has the deleted row.
   *
   * @default 204
   */
  readonly removedWith?: 200 | 204;
}

/** The row that a path names, in the project that the path names, if it names one. */
export function rowIn<T extends DescribedRow>(
  { collection, name }: Pick<Resource<T>, "collection" | "name">,
  world: World,
  params: unknown,
): T {
  const projectId = projectIdIn(world, params);
  const id = idIn(params, name);
  const row = active(collection(world), id);
  if (!row || (projectId !== undefined && row.project_id !== projectId)) throw notFound(`${name} ${id}`);
  return row;
}

/** The routes of a described resource. */
export function routesOf<T extends DescribedRow>(resource: Resource<T>): Routes {
  const { path, fields, answer = (row: T): object => row, listing, changedWith = ["POST"] } = resource;
  const item = `${path}:${resource.name}/`;
  return (app, world) => {
    const collection = resource.collection(world);
    const answered = (request: FastifyRequest, row: T): object =>
      answer(row, world, words(request.query as RawQuery, "include_related"));

    app.get(path, (request) => {
      const projectId = projectIdIn(world, request.params);
      const rows = collection.all().filter((row) => projectId === undefined || row.project_id === projectId);
      const { data, ...envelope } = listed(rows, request.query as RawQuery, listing);
      return { ...envelope, data: data.map((row) => answered(request, row)) };
    });

    app.get(item, (request) => single(answered(request, rowIn(resource, world, request.params))));

    app.post(path, (request, reply) => {
      const projectId = projectIdIn(world, request.params);
      const own = fields(request.body, { world, before: undefined, projectId });
      const now = timestamp(world.now());
      const row = {
        ...own,
        account_id: world.accountId,
        ...(projectId !== undefined && { project_id: projectId }),
        created_at: now,
        updated_at: now,
      } as unknown as Omit<T, "id">;
      const stored = world.store.atomically(() => {
        const inserted = collection.insert(row);
        resource.created?.(world, inserted);
        return inserted;
      });
      return reply.code(201).send(single(answered(request, stored), 201));
    });

    app.route({
      method: [...changedWith],
      url: item,
      handler: (request) => {
        const before = rowIn(resource, world, request.params);
        const own = fields(request.body, { world, before, projectId: projectIdIn(world, request.params) });
        const row = { ...before, ...own, updated_at: timestamp(world.now()) };
        world.store.atomically(() => {
          collection.put(row);
          if (row.state === 2) resource.removed?.(world, row);
        });
        return single(answered(request, row));
      },
    });

    app.delete(item, (request, reply) => {
      const row = rowIn(resource, world, request.params);
      world.store.atomically(() => {
        removeRow(world, collection, row);
        resource.removed?.(world, row);
      });
      if (resource.removedWith === 200) return reply.send(single(answered(request, { ...row, state: 2 })));
      return reply.code(204).send();
    });
  };
}

function projectIdIn(world: World, params: unknown): number | undefined {
  return "project" in (params as object) ? projectIn(world, params).id : undefined;
}
