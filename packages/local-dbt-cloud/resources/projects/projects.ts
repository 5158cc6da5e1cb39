import { z } from "zod";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import type { Collection } from "../../store/store";
import { active, type Stateful, type Timestamps, type World } from "../../world";

/** A project as it is stored and answered. */
export interface Project extends Stateful, Timestamps {
  readonly account_id: number;
  readonly name: string;
  readonly description: string;
  readonly dbt_project_subdirectory: string | null;
  /** 0 is a normal project, 1 a hybrid project. */
  readonly type: number;
  readonly connection_id: number | null;
  readonly repository_id: number | null;
  readonly semantic_layer_config_id: number | null;
  readonly docs_job_id: number | null;
  readonly freshness_job_id: number | null;
}

const reference = z
  .int()
  .nullish()
  .transform((id) => id || null);

/** The body of a create or update. Other fields that clients send back are ignored. */
export const projectBody = z.object({
  name: z.string().min(1),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  dbt_project_subdirectory: z.string().nullish(),
  type: z.int().min(0).max(1).nullish(),
  state: z.literal([1, 2]).default(1),
  connection_id: reference,
  repository_id: reference,
  semantic_layer_config_id: reference,
  docs_job_id: reference,
  freshness_job_id: reference,
});

export function projectsOf(world: World): Collection<Project> {
  return world.store.collection<Project>("project");
}

/** The project that a path names. */
export function projectIn(world: World, params: unknown): Project {
  const id = idIn(params, "project");
  const project = active(projectsOf(world), id);
  if (!project) throw notFound(`project ${id}`);
  return project;
}

/**
 * The stored fields of a body. As in dbt Cloud, a missing repository is unlinked, and a missing connection or
 * subdirectory keeps its value.
 *
 * @param before the project that an update changes
 */
export function projectFields(
  body: z.output<typeof projectBody>,
  before?: Project,
): Omit<Project, "id" | "account_id" | "created_at" | "updated_at"> {
  return {
    ...body,
    dbt_project_subdirectory: body.dbt_project_subdirectory ?? before?.dbt_project_subdirectory ?? null,
    type: body.type ?? before?.type ?? 0,
    connection_id: body.connection_id ?? before?.connection_id ?? null,
  };
}
