import { z } from "zod";
import { invalid } from "../../http/refused";
import type { Collection } from "../../store/store";
import type { Stateful, Timestamps, World } from "../../world";

/** A deployment or development environment as it is stored and answered. */
export interface Environment extends Stateful, Timestamps {
  readonly account_id: number;
  readonly project_id: number;
  readonly name: string;
  readonly type: "development" | "deployment";
  readonly deployment_type: "production" | "staging" | null;
  readonly dbt_version: string;
  readonly use_custom_branch: boolean;
  readonly custom_branch: string | null;
  readonly credentials_id: number | null;
  readonly connection_id: number | null;
  readonly extended_attributes_id: number | null;
  readonly primary_profile_id: number | null;
  readonly enable_model_query_history: boolean;
  readonly enable_dbt_state: boolean;
  readonly supports_docs: boolean;
}

/** Clients send 0 for no object. */
const reference = z
  .int()
  .nullish()
  .transform((id) => id || null);

/**
 * The body of a create or update. An update replaces the whole object and resets missing fields, which is how clients
 * clear a value. Other fields that clients send back are ignored.
 */
export const environmentBody = z.object({
  name: z.string().min(1).default("New Environment"),
  type: z.enum(["development", "deployment"]).default("deployment"),
  deployment_type: z
    .enum(["production", "staging"])
    .nullish()
    .transform((type) => type ?? null),
  dbt_version: z.string().min(1).default("latest"),
  use_custom_branch: z.boolean().default(false),
  // An empty branch is null. An empty text would be a difference in every Terraform plan.
  custom_branch: z
    .string()
    .nullish()
    .transform((branch) => branch || null),
  credentials_id: reference,
  connection_id: reference,
  extended_attributes_id: reference,
  primary_profile_id: reference,
  enable_model_query_history: z.boolean().nullish().transform(Boolean),
  enable_dbt_state: z.boolean().nullish().transform(Boolean),
  supports_docs: z.boolean().nullish().transform(Boolean),
  state: z.literal([1, 2]).default(1),
});

export function environmentsOf(world: World): Collection<Environment> {
  return world.store.collection<Environment>("environment");
}

/** @throws Refused with 400 when a body asks for a custom branch and names none */
export function requireCustomBranch(body: { use_custom_branch: boolean; custom_branch: string | null }): void {
  if (body.use_custom_branch && body.custom_branch === null) {
    throw invalid("custom_branch", "is required with use_custom_branch");
  }
}

/** @throws Refused with 400 for a development environment in a project that has one */
export function refuseSecondDevelopment(world: World, projectId: number | undefined, type: Environment["type"]): void {
  if (type !== "development") return;
  const other = environmentsOf(world).find(
    (row) => row.state === 1 && row.project_id === projectId && row.type === "development",
  );
  if (!other) return;
  throw invalid(
    "type",
    `the project has the development environment ${other.id} (${other.name}), and can have only one`,
  );
}
