import type { EnvironmentDefinition } from "../../env-files/definition";
import { branchSchema } from "../../jobs/branch-schema";
import { branchJobName, slugOf } from "../../jobs/names";
import { referencedId } from "../../jobs/reference";
import type { Owner } from "./mark";

/** The branch on which a person works. */
export interface Workplace {
  /** The git branch's full name: `feature/attribution-model-v2`. */
  readonly ref: string;
  /** The branch as it is written in names: GitLab's `CI_COMMIT_REF_SLUG`. */
  readonly refSlug: string;
  /** The GitLab login. */
  readonly user: string;
}

/** The names, the schema and the owner of a feature branch's jobs in an environment. */
export interface Branch {
  readonly owner: Owner;
  /** The schema that its jobs build into. */
  readonly schema: string;
  readonly nameOf: (key: string) => string;
}

/** The branch of a person in an environment whose file the API applies. */
export function branchOf(environment: EnvironmentDefinition, { ref, refSlug, user }: Workplace): Branch {
  const { team } = environment;
  const userSlug = slugOf(user);
  return {
    owner: { team, project: idOf(environment.project), environment: idOf(environment.environment), ref, user },
    schema: branchSchema(refSlug, userSlug),
    nameOf: (key) => branchJobName({ team, branchSlug: refSlug, userSlug, key }),
  };
}

/**
 * The id of a project or environment.
 *
 * @throws Error when Terraform makes the object. The rules of env files exclude that for files that the API applies.
 */
export function idOf(reference: EnvironmentDefinition["project"] | EnvironmentDefinition["environment"]): number {
  const id = referencedId(reference);
  if (id !== undefined) return id;
  throw new Error("the file does not have the id: Terraform makes this project or environment");
}
