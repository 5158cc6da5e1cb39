import { Token } from "cdktf";
import type { Construct } from "constructs";

/**
 * Returns an id from dbt Cloud, or a token for one, after a check.
 *
 * @throws naming the construct and the property when it is not a whole number from 1
 */
export function requireId(scope: Construct, id: string, property: string, value: number): number {
  if (Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1)) return value;
  throw new Error(
    `${[scope.node.path, id].filter(Boolean).join("/")}: ${property} must be a whole number from 1, got ${value}`,
  );
}
