const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The characters that Go and Terraform escape in JSON, and JSON.stringify does not. */
const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * The value of one key of a JSON object, as Go writes it: without spaces, with the keys in their order and the numbers
 * as they were written. `JSON.parse` would change both.
 *
 * @param json the valid text of an object
 * @param key a key of the object itself, not of one inside it
 * @returns undefined when the object does not have the key
 */
export function compactMember(json: string, key: string): string | undefined {
  const tokens = json.match(TOKEN) ?? [];
  let found: string | undefined;
  for (let at = 1; at + 2 < tokens.length;) {
    const end = endOfValue(tokens, at + 2);
    if (JSON.parse(tokens[at]!) === key) found = tokens.slice(at + 2, end).join("");
    at = end + 1;
  }
  return found?.replace(ESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The index after a value. */
function endOfValue(tokens: readonly string[], start: number): number {
  let depth = 0;
  let at = start;
  do {
    if (tokens[at] === "{" || tokens[at] === "[") depth++;
    if (tokens[at] === "}" || tokens[at] === "]") depth--;
    at++;
  } while (depth > 0);
  return at;
}
