/** A project or an environment of dbt Cloud: one that exists, by its id, or one that Terraform makes from the env file. */
export type Reference = { readonly id: number } | { readonly managed: object };

/** An environment by its name, as far as a reference to it is concerned. */
interface NamedEnvironment {
  readonly name?: string;
  readonly environment?: Reference;
}

/** The id of a reference; undefined when the reference is missing, or when Terraform makes the object. */
export function referencedId(reference: Reference | undefined): number | undefined {
  return reference && "id" in reference ? reference.id : undefined;
}

/** The id of the environment that an env file declares under a name; undefined when there is none, or Terraform makes it. */
export function environmentIdByName(environments: readonly NamedEnvironment[], name: string): number | undefined {
  return referencedId(environments.find((candidate) => candidate.name === name)?.environment);
}
