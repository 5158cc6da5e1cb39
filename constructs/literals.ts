/**
 * A definition whose texts Terraform takes literally: it would read `${…}` and `%{…}` as templates, and a description
 * or a variable's value that contains them is no template.
 */
export function literals<T>(definition: T): T {
  if (typeof definition === "string")
    return definition.replace(/[$%]\{/g, (start) => `${start.charAt(0)}${start}`) as T;
  if (Array.isArray(definition)) return definition.map(literals) as T;
  if (typeof definition !== "object" || definition === null) return definition;
  return Object.fromEntries(Object.entries(definition).map(([key, value]) => [key, literals(value as unknown)])) as T;
}
