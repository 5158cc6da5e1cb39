import { SECRET_NAME } from "../jobs/secret-name";
import type { ProcessEnvironment } from "./process-environment";

const SHORTEST_SECRET = 6;
const MASK = "***";

/** The mark of a value that a report truncates. */
export const CUT = "…";

/**
 * Hides everything that looks like a credential: user and password in a URL, the query of a URL, service and personal
 * tokens of dbt Cloud, and the text after a word for a secret.
 */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\/\/[^\s"]{0,300}@/g, `//${MASK}@`)
    .replace(/(https?:[^\s"?]{1,300}\?)[^\s"]+/gi, `$1${MASK}`)
    .replace(/\b((?:token|password|secret|private_key|api_key)["']?\s*[:=]\s*["']?)[^\s"'\\,}]+/gi, `$1${MASK}`)
    .replace(/dbt[cu]_[\w+/=.~-]{5,}[\w+/=~-]/g, MASK);
}

/**
 * Hides all secrets of the process's environment in a text before it is printed: the values of env vars whose name has
 * token, password, secret or key in it. It also hides escaped values in JSON and truncated values. Spaces around a value
 * do not count, because the program does not send them.
 */
export function withoutSecrets(text: string, env: ProcessEnvironment): string {
  const secrets = Object.entries(env)
    .flatMap(([name, value]) => (SECRET_NAME.test(name) && value !== undefined ? [value, value.trim()] : []))
    .filter((value) => value.trim().length >= SHORTEST_SECRET)
    .flatMap((value) => [value, escaped(value), escaped(escaped(value))])
    .sort((a, b) => b.length - a.length);
  return withoutCredentials(secrets.reduce(masked, text));
}

/** The value escaped for JSON. A JSON report can contain values that are JSON texts. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function masked(text: string, secret: string): string {
  let hidden = text.replaceAll(secret, MASK);
  for (let length = secret.length - 1; length >= SHORTEST_SECRET && hidden.includes(CUT); length--) {
    hidden = hidden.replaceAll(`${secret.slice(0, length)}${CUT}`, `${MASK}${CUT}`);
  }
  return hidden;
}
