import { Token } from "cdktf";
import type { Construct } from "constructs";

/**
 * Checks an id from dbt Cloud, or a token for one, and returns it.
 *
 * @throws if the id is not a whole number from 1; the message has the construct and the property
 */
export function requireId(scope: Construct, id: string, property: string, value: number): number {
  if (Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1)) return value;
  throw new Error(
    `${[scope.node.path, id].filter(Boolean).join("/")}: ${property} must be a whole number from 1, got ${value}`,
  );
}
