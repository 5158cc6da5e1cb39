import type { EnvironmentDefinition } from "../../env-files/definition";
import { branchJobName, branchSchema, slugOf } from "../../jobs/names";
import type { Owner } from "./mark";

/** Who works on which branch. */
export interface Workplace {
  /** The git branch's full name: `feature/attribution-model-v2`. */
  readonly ref: string;
  /** The branch in names; GitLab's `CI_COMMIT_REF_SLUG`. */
  readonly refSlug: string;
  /** The GitLab login. */
  readonly user: string;
}

/** A feature branch's jobs in an environment: what they are called, where they build, whose they are. */
export interface Branch {
  readonly owner: Owner;
  /** The schema that its jobs build into. */
  readonly schema: string;
  readonly nameOf: (key: string) => string;
}

/** Whether two branches build into each other's schemas; staging models have one of their own beside each. */
export function schemasMeet(a: string, b: string): boolean {
  return a === b || a === `${b}${STAGING}` || b === `${a}${STAGING}`;
}

/** What the dbt project adds to the schema of staging models. */
const STAGING = "_prep";

/** The branch of a person's work in an environment that the API applies. */
export function branchOf(environment: EnvironmentDefinition, { ref, refSlug, user }: Workplace): Branch {
  const { team } = environment;
  const userSlug = slugOf(user);
  return {
    owner: { team, project: idOf(environment.project), environment: idOf(environment.environment), ref, user },
    schema: branchSchema(refSlug, userSlug),
    nameOf: (key) => branchJobName({ team, branchSlug: refSlug, userSlug, key }),
  };
}

/** The rules of env files let only Terraform manage projects and environments. */
export function idOf(reference: EnvironmentDefinition["project"] | EnvironmentDefinition["environment"]): number {
  if ("id" in reference) return reference.id;
  throw new Error("the file does not say the id: Terraform makes this project or environment");
}
