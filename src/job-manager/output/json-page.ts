import { z } from "zod";
import { outputSchema, RESULTS } from "./result-schemas";

/** The page of the documentation with the JSON Schema of each command's `--json`, as Markdown. */
export function jsonPage(): string {
  const commands = Object.entries(RESULTS).map(([name, schema]) => `## ${name}\n\n${codeOf(schema)}\n`);
  return `${INTRODUCTION}\n${codeOf(outputSchema(z.unknown().describe("The result of the command.")))}\n\n${commands.join("\n")}`;
}

const INTRODUCTION = `<!-- Generated from src/job-manager/output/result-schemas.ts by: npm run docs:json -->

# The output of \`--json\`

With \`--json\`, each command of \`dbt-job-manager\` prints one JSON value on stdout. Wrong usage and a
wrong configuration have the same shape. \`version\` rises when a field is renamed or removed, and stays
when a field is added. So accept fields that you do not know.

The first schema is for the output of every command. The schema of \`result\` follows for each command.
All schemas are JSON Schema, draft 2020-12.
`;

/** Programs must accept more fields, so the schema is open: the form of an input. */
function codeOf(schema: z.ZodType): string {
  return ["```json", JSON.stringify(z.toJSONSchema(schema, { io: "input" }), null, 2), "```"].join("\n");
}
