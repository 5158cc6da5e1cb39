/** A project or an environment of dbt Cloud: an existing object by its id, or an object that Terraform manages. */
export type Reference = { readonly id: number } | { readonly managed: object };

/** The fields of an environment that a reference needs. */
interface NamedEnvironment {
  readonly name?: string;
  readonly environment?: Reference;
}

/** The id of a reference; undefined if the reference is missing or if Terraform manages the object. */
export function referencedId(reference: Reference | undefined): number | undefined {
  return reference && "id" in reference ? reference.id : undefined;
}

/** The id of an environment by its name; undefined if there is none or if Terraform manages it. */
export function environmentIdByName(environments: readonly NamedEnvironment[], name: string): number | undefined {
  return referencedId(environments.find((candidate) => candidate.name === name)?.environment);
}
