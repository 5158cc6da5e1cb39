import { z } from "zod";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import type { Collection, Row } from "../../store/store";
import type { Timestamps, World } from "../../world";

const ADAPTERS = [
  "apache_spark_v0",
  "databricks_spark_v0",
  "databricks_v0",
  "trino_v0",
  "snowflake_v0",
  "bigquery_v0",
  "bigquery_v1",
  "postgres_v0",
  "redshift_v0",
  "salesforce_v0",
  "synapse_v0",
  "fabric_v0",
  "athena_v0",
  "teradata_v0",
] as const;

/** A connection of the account to a warehouse, as it is stored. */
export interface Connection extends Row, Timestamps {
  readonly account_id: number;
  readonly name: string;
  readonly adapter_version: (typeof ADAPTERS)[number];
  readonly is_ssh_tunnel_enabled: boolean;
  readonly private_link_endpoint_id: string | null;
  readonly oauth_configuration_id: number | null;
  readonly config: Readonly<Record<string, unknown>>;
}

const PORTS: Partial<Record<Connection["adapter_version"], number>> = { redshift_v0: 5439, postgres_v0: 5432 };

/** The keys that Redshift and Postgres share. The keys of other warehouses are stored without checks. */
const serverConfig = z.looseObject({
  hostname: z.string().min(1).max(1024),
  port: z.int().min(1).max(65_535),
  dbname: z.string().min(1).max(63).nullish(),
  retries: z.int().min(0).max(10).nullish(),
});

/** The body of a create. An update is merged with the stored connection first. */
export const connectionBody = z
  .object({
    name: z.string().min(1),
    adapter_version: z.enum(ADAPTERS),
    is_ssh_tunnel_enabled: z.boolean().nullish().transform(Boolean),
    private_link_endpoint_id: z
      .string()
      .nullish()
      .transform((id) => id ?? null),
    oauth_configuration_id: z
      .int()
      .nullish()
      .transform((id) => id ?? null),
    config: z.record(z.string(), z.unknown()),
  })
  .transform((body) => ({ ...body, config: configOf(body) }))
  .superRefine(({ adapter_version, config }, context) => {
    if (PORTS[adapter_version] === undefined) return;
    for (const issue of serverConfig.safeParse(config).error?.issues ?? []) {
      context.addIssue({ code: "custom", path: ["config", ...issue.path], message: issue.message });
    }
  });

/** The body of an update. `config` has only the keys that change. */
export const connectionChanges = z.object({
  adapter_version: z.undefined("cannot be changed").optional(),
  config: z.record(z.string(), z.unknown()).default({}),
});

export function connectionsOf(world: World): Collection<Connection> {
  return world.store.collection<Connection>("connection");
}

/** The connection that a path names. */
export function connectionIn(world: World, params: unknown): Connection {
  const id = idIn(params, "connection");
  const connection = connectionsOf(world).get(id);
  if (!connection) throw notFound(`connection ${id}`);
  return connection;
}

function configOf({ adapter_version, config }: Pick<Connection, "adapter_version" | "config">): Connection["config"] {
  const port = PORTS[adapter_version];
  return { ...(port !== undefined && { port }), ...config };
}
