import type { ProcessEnvironment } from "./process-environment";

const SECRET_NAME = /TOKEN|PASSWORD|SECRET|PRIVATE_KEY|API_KEY/i;
const SHORTEST_SECRET = 6;
const MASK = "***";

/** What stands in a report where a long value is cut. */
export const CUT = "…";

/** Hides what is a credential by its form: user and password in a URL, and dbt Cloud's service and personal tokens. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^\s"]{0,300}@/g, `//${MASK}@`).replace(/\bdbt[cu]_[\w-]{8,}/g, MASK);
}

/**
 * Hides every secret of the process's environment in a text that is about to be printed: the values of variables
 * whose name speaks of a token, password, secret or key, also as JSON writes them and where a value is cut short.
 */
export function withoutSecrets(text: string, env: ProcessEnvironment): string {
  const secrets = Object.entries(env)
    .filter(([name, value]) => SECRET_NAME.test(name) && value !== undefined && value.length >= SHORTEST_SECRET)
    .flatMap(([, value]) => [value!, JSON.stringify(value).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  return secrets.reduce(masked, withoutCredentials(text));
}

function masked(text: string, secret: string): string {
  let hidden = text.replaceAll(secret, MASK);
  for (let length = secret.length - 1; length >= SHORTEST_SECRET && hidden.includes(CUT); length--) {
    hidden = hidden.replaceAll(`${secret.slice(0, length)}${CUT}`, `${MASK}${CUT}`);
  }
  return hidden;
}
