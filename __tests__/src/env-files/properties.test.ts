import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { environmentSchema, type EnvironmentDefinition } from "../../../src/env-files/definition";
import { checkEnvironments } from "../../../src/env-files/load";
import { formatProblems, type Problem } from "../../../src/env-files/problem";
import { jobSchema } from "../../../src/jobs/definition";
import { arbitraryEnvironments } from "../../support/arbitrary-environment";

const RUN = { seed: 20_240_101, numRuns: 100 } as const;

function check(texts: readonly (string | Uint8Array)[]) {
  const files = texts.map((text, i) => ({
    file: `${i}.yaml`,
    bytes: typeof text === "string" ? new TextEncoder().encode(text) : text,
  }));
  return checkEnvironments(files, {});
}

const anyKey = fc.oneof(
  fc.constantFrom(...Object.keys(environmentSchema.shape), ...Object.keys(jobSchema.shape)),
  fc.constantFrom("id", "managed", "job", "on", "at", "cron", "every_hours", "days", "email", "schedul", "DBT_X"),
  fc.constantFrom("attribution", "constructor", "toString", "__proto__", "<<", "0", "", "a.b"),
);

/** Either environments or problems that say where, what, what else and what to do. */
function expectCleanReport({ environments, problems }: ReturnType<typeof check>): void {
  for (const problem of problems) expectCleanProblem(problem);
  expect(problems.length > 0).toBe(environments.length === 0);
  expect(formatProblems(problems)).not.toMatch(/\n\s+at .*:\d+:\d+\)?$|node_modules|call stack|\[object /m);
}

function expectCleanProblem({ file, line, column, reason, allowed, fix, got }: Problem): void {
  expect([reason, allowed, fix, file].filter((words) => words.trim() === "" || words.includes("undefined"))).toEqual(
    [],
  );
  expect(line).toBeGreaterThanOrEqual(1);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(got?.length ?? 0).toBeLessThanOrEqual(80);
}

describe("any file gives a valid model or a clean report", () => {
  it("for any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 3 }), (bytes) => {
        expectCleanReport(check(bytes));
      }),
      RUN,
    );
  });

  it("for any text, especially of YAML's special characters", () => {
    const signs = fc.constantFrom(...Array.from("-?:,[]{}#&*!|>'\"%@`~<=\n\n  \tabn01.é🧀"));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: signs, maxLength: 80 }), fc.string({ unit: "binary" })), (text) => {
        expectCleanReport(check([text]));
      }),
      { ...RUN, numRuns: 400 },
    );
  });

  it("for any data", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (data) => {
        expectCleanReport(check([stringify(data)]));
      }),
      RUN,
    );
  });

  it("for the keys of an env file with any values under them", () => {
    fc.assert(
      fc.property(fileOfKnownKeys, (data) => {
        expectCleanReport(check([stringify(data)]));
      }),
      { ...RUN, numRuns: 400 },
    );
  });

  it("for a shipped file with any value replaced, removed or moved", () => {
    const paths = ["dev", "staging", "prod"];
    const texts = paths.map((name) => readFileSync(join(__dirname, `../../../environments/${name}.yaml`), "utf8"));
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.nat(2), (damages, which) => {
        const damaged = damages.reduce((text, apply) => apply(text), texts[which]!);
        expectCleanReport(check([damaged, texts[(which + 1) % 3]!]));
      }),
      RUN,
    );
  });
});

/** Words and values that mean something in one place, put into any other. */
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -4,
      1,
      1.5,
      999,
      1e21,
      Number.NaN,
      "",
      "self",
      "05:00",
      "25:00",
      "terraform",
    ),
    fc.constantFrom("0 5 * * *", "0 0 31 2 *", "dbt build", "rm -rf /", "attribution", "production", "constructor"),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 4 }),
  ),
})).value;

const fileOfKnownKeys = fc.record(
  {
    ...Object.fromEntries(Object.keys(environmentSchema.shape).map((key) => [key, anyValue])),
    name: fc.oneof(fc.constant("production"), anyValue),
    applied_by: fc.oneof(fc.constantFrom("terraform", "api"), anyValue),
    jobs: fc.oneof(
      fc.dictionary(
        anyKey,
        fc.record(Object.fromEntries(Object.keys(jobSchema.shape).map((key) => [key, anyValue])), { requiredKeys: [] }),
        { maxKeys: 3 },
      ),
      anyValue,
    ),
  },
  { requiredKeys: [] },
);

/** The edits of a text: a part is removed, repeated, moved or replaced. */
const damage = fc
  .record({
    kind: fc.constantFrom("remove", "repeat", "replace", "swap lines", "indent"),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(30),
    by: fc.constantFrom(
      "",
      " ",
      "\t",
      "\n",
      ":",
      "- ",
      "[",
      "}",
      "'",
      "null",
      "true",
      "-4",
      "!!set ",
      "&a ",
      "*a",
      "🧀",
    ),
  })
  .map(({ kind, at, length, by }) => (text: string): string => {
    const from = Math.floor(at * text.length);
    const piece = text.slice(from, from + length);
    const rest = text.slice(from + length);
    if (kind === "remove") return text.slice(0, from) + rest;
    if (kind === "repeat") return text.slice(0, from) + piece + piece + rest;
    if (kind === "replace") return text.slice(0, from) + by + rest;
    const lines = text.split("\n");
    const line = Math.floor(at * lines.length);
    if (kind === "indent") return lines.with(line % lines.length, `  ${lines[line % lines.length]}`).join("\n");
    const [moved] = lines.splice(line % lines.length, 1);
    lines.splice(length % lines.length, 0, moved!);
    return lines.join("\n");
  });

describe("a valid model, written as YAML, gives the same model", () => {
  it("for any environments", () => {
    fc.assert(
      fc.property(arbitraryEnvironments, (environments) => {
        const { problems, environments: read } = check(environments.map((environment) => stringify(environment)));
        expect(formatProblems(problems)).toBe("0 problems");
        expect(read).toStrictEqual(environments);
      }),
      { ...RUN, numRuns: 100 },
    );
  });

  it("for any environments whose jobs inherit values from `defaults`", () => {
    fc.assert(
      fc.property(arbitraryEnvironments, (environments) => {
        const { problems, environments: read } = check(environments.map((model) => stringify(withDefaults(model))));
        expect(formatProblems(problems)).toBe("0 problems");
        expect(read).toStrictEqual(environments);
      }),
      { ...RUN, numRuns: 100 },
    );
  });
});

/** The same environment with the first job's values as `defaults`, which the jobs with these values leave out. */
function withDefaults({ jobs, ...environment }: EnvironmentDefinition): object {
  const { owner, target_name, threads, timeout_seconds, generate_docs, run_generate_sources } = Object.values(jobs)[0]!;
  const defaults = { owner, target_name, threads, timeout_seconds, generate_docs, run_generate_sources };
  const slim = Object.entries(jobs).map(([key, job]) => [
    key,
    Object.fromEntries(Object.entries(job).filter(([name, value]) => defaults[name as "owner"] !== value)),
  ]);
  return { ...environment, defaults, jobs: Object.fromEntries(slim) as object };
}
