/** Replaces a secret in logs and artifacts, as in dbt's logs. */
const MASK = "*****";

/** Variables with such a name are secret in dbt and in dbt Cloud. */
const SECRET = /^DBT_ENV_SECRET/;

/** Replaces secrets in a text. */
export type Mask = (text: string) => string;

/** A mask for the values of secret variables, also when they are escaped in JSON or split into lines. */
export function maskOf(variables: Readonly<Record<string, string>>): Mask {
  const secrets = Object.entries(variables)
    .filter(([name]) => SECRET.test(name))
    .flatMap(([, value]) => [value, JSON.stringify(value).slice(1, -1), ...value.split(/\r?\n/)])
    .filter((value) => value.trim() !== "")
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
