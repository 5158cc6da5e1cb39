import { cutTo } from "./names";

/**
 * The environment variable that makes the dbt project build into another schema.
 *
 * The macros `generate_schema_name` and `drop_branch_schema` of the dbt project follow the rules of this module; a test
 * compares them.
 */
export const SCHEMA_VARIABLE = "DBT_SCHEMA";

/** The schema of the models that all branches share. It is also the prefix of the schema of each branch. */
export const SHARED_SCHEMA = "marketing";

/** The dbt project builds staging models into a separate schema, whose name is the branch's schema and this suffix. */
const STAGING = "_prep";

/** PostgreSQL allows 63 characters, and the name of the staging schema is longer than the branch's. */
const SCHEMA_LIMIT = 63 - STAGING.length;

/** The schema of a branch's jobs, of letters, digits and underscores: `marketing_feature_x_jennifer_lopez`. */
export function branchSchema(branchSlug: string, userSlug: string): string {
  return cutTo(SCHEMA_LIMIT, [SHARED_SCHEMA, branchSlug, userSlug].join("_").replaceAll("-", "_"), "_");
}

/** The schemas that a branch's jobs build into: the schema of the branch and the schema of its staging models. */
export function schemasOf(schema: string): readonly [string, string] {
  return [schema, `${schema}${STAGING}`];
}

/** Whether jobs of two branches build into the same schema. */
export function schemasOverlap(a: string, b: string): boolean {
  return schemasOf(a).some((schema) => schemasOf(b).includes(schema));
}

/** Whether a cleanup may drop a schema: the schema has the form of a branch's schema, and branches do not share it. */
export function isBranchSchema(schema: string): boolean {
  return /^marketing_[a-z0-9_]+$/.test(schema) && !schemasOf(SHARED_SCHEMA).includes(schema);
}
