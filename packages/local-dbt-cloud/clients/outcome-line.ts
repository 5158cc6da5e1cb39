import type { Outcome } from "./story";

const REASON_LENGTH = 300;

/** The line about a client: result, name, version, steps, reason. */
export function outcomeLine(name: string, { version, passed, failed, missing }: Outcome): string {
  const result = missing !== undefined ? "none" : failed ? "FAIL" : "pass";
  const client = `${name} ${version ?? ""}`.padEnd(WIDTH);
  if (missing !== undefined) return `${result}  ${client} ${short(missing)}`;
  const steps = `${passed.length} steps passed, ${failed ? 1 : 0} failed`;
  return `${result}  ${client} ${steps}${failed ? `: ${failed.step}: ${short(failed.problem)}` : ""}`;
}

/** The first characters of the reason, on one line. */
function short(reason: string): string {
  const line = reason.replace(/\s+/g, " ");
  return line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH)}…` : line;
}

/** Wide enough for every name with its version. */
const WIDTH = 30;
