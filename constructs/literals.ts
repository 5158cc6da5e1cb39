/**
 * A definition with escaped texts. Terraform would read `${…}` and `%{…}` in a description or in the value of a
 * variable as templates.
 */
export function literals<T>(definition: T): T {
  if (typeof definition === "string")
    return definition.replace(/[$%]\{/g, (start) => `${start.charAt(0)}${start}`) as T;
  if (Array.isArray(definition)) return definition.map(literals) as T;
  if (typeof definition !== "object" || definition === null) return definition;
  return Object.fromEntries(Object.entries(definition).map(([key, value]) => [key, literals(value as unknown)])) as T;
}
