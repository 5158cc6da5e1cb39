import { checkEnvironments, type LoadSettings } from "../../src/env-files/load";
import { formatProblems, inReadingOrder } from "../../src/env-files/problem";

/** The report about an env file's text, for a file named `prod.yaml`. */
export function reportOf(text: string | Uint8Array, settings: LoadSettings = {}): string {
  return reportOfFiles({ "prod.yaml": text }, settings);
}

/** The report about several env files together, by name. */
export function reportOfFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: LoadSettings = {},
): string {
  const sources = Object.entries(files).map(([file, text]) => ({
    file,
    bytes: typeof text === "string" ? new TextEncoder().encode(text) : text,
  }));
  return formatProblems(inReadingOrder(checkEnvironments(sources, settings).problems));
}
