import { z } from "zod";
import { merged, parseBody } from "../../http/body";
import { invalid } from "../../http/refused";
import type { Collection } from "../../store/store";
import type { InProject, Timestamps, World } from "../../world";
import type { OwnFields } from "../resource";

/**
 * A user of the warehouse as it is stored, with the fields of its type. Secrets are not stored, because no run needs
 * them.
 */
export interface Credential extends InProject, Timestamps, Readonly<Record<string, unknown>> {
  readonly account_id: number;
  readonly type: string;
  readonly threads: number;
  readonly target_name: string;
  /** Whether a secret was ever given. */
  readonly has_password: boolean;
  /** The fields of an adapter's credential that are not secret. Other types have their fields at the top. */
  readonly unencrypted_credential_details?: Readonly<Record<string, unknown>>;
}

/** The fields of one kind of credential, beside those of every credential. */
interface Kind {
  readonly fields: z.ZodObject;
  /** Fields that are accepted, but neither stored nor answered. */
  readonly secrets: readonly string[];
}

const text = z.string().nullish().transform(orEmpty);

const POSTGRES = {
  fields: z.object({ username: z.string().default("default_user"), default_schema: text }),
  secrets: ["password"],
};
const REDSHIFT: Kind = {
  ...POSTGRES,
  fields: POSTGRES.fields.extend({ auth_type: z.enum(["password", "external_oauth"]).nullable().default(null) }),
};
const SNOWFLAKE: Kind = {
  fields: z.object({
    auth_type: z.enum(["password", "keypair", "sso", "external_oauth"]).default("password"),
    ...texts("schema user role database warehouse"),
  }),
  secrets: ["password", "private_key", "private_key_passphrase", "_refresh_token"],
};
const AZURE: Kind = kind(
  "authentication user tenant_id client_id schema schema_authorization",
  "password client_secret",
);
const SPARK: Kind = kind("schema", "token");

/** The kinds by `type`. */
const TYPES: Readonly<Record<string, Kind>> = {
  postgres: POSTGRES,
  redshift: REDSHIFT,
  snowflake: SNOWFLAKE,
  bigquery: kind("schema", "_refresh_token"),
};

/** The kinds by `adapter_version`, for the type `adapter`, as the Terraform provider 1.12.5 writes them. */
const ADAPTERS: Readonly<Record<string, Kind>> = {
  apache_spark_v0: SPARK,
  athena_v0: kind("auth_type schema", "aws_access_key_id aws_secret_access_key"),
  bigquery_v0: kind("schema", ""),
  bigquery_v1: kind("schema", ""),
  databricks_spark_v0: SPARK,
  databricks_v0: kind("auth_type schema catalog", "token"),
  fabric_v0: AZURE,
  salesforce_v0: kind("username", "client_id private_key"),
  synapse_v0: AZURE,
  teradata_v0: kind("user schema", "password"),
  trino_v0: kind("user database schema", "password"),
};

const OF_EVERY_CREDENTIAL = z.object({
  type: z.enum(["adapter", ...Object.keys(TYPES)]),
  threads: z.int().min(1).default(1),
  target_name: z
    .string()
    .nullish()
    .transform((name) => name || "default"),
  state: z.literal([1, 2]).default(1),
});

/** Fields that clients send back, and that no body changes. */
const IGNORED = ["id", "account_id", "project_id", "created_at", "updated_at", "adapter_id", "adapter_version"];

const OF_ADAPTER = z.object({ adapter_version: z.enum(Object.keys(ADAPTERS)) });

const detailsBody = z.looseObject({
  credential_details: z.object({ fields: z.record(z.string(), z.object({ value: z.unknown() })).nullish() }).nullish(),
});

export function credentialsOf(world: World): Collection<Credential> {
  return world.store.collection<Credential>("credential");
}

/**
 * The stored fields of a body.
 *
 * @param before the credential that an update changes
 * @throws Refused with 400 for a field of another type or adapter
 */
export function credentialFields(body: unknown, before?: Credential): OwnFields<Credential> {
  const { has_password: hadSecret = false, unencrypted_credential_details, ...stored } = before ?? {};
  const sent = sentFields(body);
  const changed = { ...stored, ...unencrypted_credential_details, ...sent };
  const base = parseBody(OF_EVERY_CREDENTIAL, changed);
  const isAdapter = base.type === "adapter";
  const version = isAdapter ? parseBody(OF_ADAPTER, changed) : undefined;
  const { fields, secrets } = version ? ADAPTERS[version.adapter_version]! : TYPES[base.type]!;
  refuseUnknown(sent, [...fields.keyof().options, ...secrets], version?.adapter_version ?? base.type);
  const own = parseBody(fields, changed);
  // Clients send an empty secret with every other change. It does not replace the secret.
  const has_password = hadSecret || secrets.some((name) => Boolean(sent[name]));
  if (!version) return { ...base, ...own, has_password };
  const { threads, target_name } = base;
  return { ...base, ...version, unencrypted_credential_details: { ...own, threads, target_name }, has_password };
}

/**
 * The fields of a body. Those of an adapter come in `credential_details.fields`, and the provider also sends some of them
 * at the top.
 */
function sentFields(body: unknown): Readonly<Record<string, unknown>> {
  const {
    credential_details,
    unencrypted_credential_details: _answered,
    ...rest
  } = merged({}, body) as z.input<typeof detailsBody>;
  const { fields } = parseBody(detailsBody, { credential_details }).credential_details ?? {};
  // Athena credentials have the threads at the top, and null here.
  const given = Object.entries(fields ?? {}).filter(([, { value }]) => value !== null);
  return { ...rest, ...Object.fromEntries(given.map(([name, { value }]) => [name, value])) };
}

function refuseUnknown(sent: object, own: readonly string[], owner: string): void {
  const known = [...Object.keys(OF_EVERY_CREDENTIAL.shape), ...IGNORED, ...own];
  const unknown = Object.keys(sent).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalid(unknown, `is not a field of ${owner} credentials. Their fields are ${own.join(", ")}.`);
}

/** A kind from the names of its texts and of its secrets. */
function kind(fields: string, secrets: string): Kind {
  return { fields: z.object(texts(fields)), secrets: secrets.split(" ").filter(Boolean) };
}

function texts(names: string): Record<string, typeof text> {
  return Object.fromEntries(names.split(" ").map((name) => [name, text]));
}

function orEmpty(value: string | null | undefined): string {
  return value ?? "";
}
