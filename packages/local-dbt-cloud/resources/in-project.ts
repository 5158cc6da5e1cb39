import { idIn } from "../http/query";
import { notFound } from "../http/refused";
import type { Collection } from "../store/store";
import { active, type InProject, type World } from "../world";
import { projectIn } from "./projects/projects";

/**
 * The object that a path names, in the project that the path names.
 *
 * @param name the path's parameter, which the refusal names too
 */
export function inProject<T extends InProject>(
  world: World,
  collection: Collection<T>,
  params: unknown,
  name: string,
): T {
  const project = projectIn(world, params);
  const id = idIn(params, name);
  const row = active(collection, id);
  if (row?.project_id !== project.id) throw notFound(`${name} ${id}`);
  return row;
}
