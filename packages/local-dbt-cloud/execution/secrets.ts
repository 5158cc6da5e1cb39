/** What stands for a secret in logs and artifacts, as in dbt's own. */
const MASK = "*****";

/** dbt and dbt Cloud take variables with such a name for secret. */
const SECRET = /^DBT_ENV_SECRET/;

/** Replaces secrets in a text. */
export type Mask = (text: string) => string;

/** What hides the values of secret variables, also where JSON spells them differently or a line has one part of them. */
export function maskOf(variables: Readonly<Record<string, string>>): Mask {
  const secrets = Object.entries(variables)
    .filter(([name]) => SECRET.test(name))
    .flatMap(([, value]) => [value, JSON.stringify(value).slice(1, -1), ...value.split(/\r?\n/)])
    .filter((value) => value.trim() !== "")
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
