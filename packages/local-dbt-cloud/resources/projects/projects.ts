import { z } from "zod";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";

/** A project as it is stored and answered. */
export interface Project extends Stateful, Timestamps {
  readonly account_id: number;
  readonly name: string;
  readonly description: string;
  readonly dbt_project_subdirectory: string | null;
  /** 0 is the usual kind, 1 a hybrid project. */
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

/** The body of a create or update; what clients echo beyond it is ignored. */
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
