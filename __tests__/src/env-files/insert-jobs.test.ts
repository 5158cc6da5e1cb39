import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { insertJobs, jobsText, type JobEntry } from "../../../src/env-files/insert-jobs";
import { ConfigurationError } from "../../../src/env-files/problem";
import { arbitraryEnvironments } from "../../support/arbitrary-environment";

const JOB: JobEntry = {
  key: "nightly",
  fields: {
    category: "attribution",
    description: "Builds: it",
    schedule: { at: ["05:00"], days: ["monday"] },
    execute_steps: ["dbt build --select tag:core"],
    threads: 8,
    environment_variables: { DBT_WINDOW: "30" },
    adopt_job_id: 4711,
  },
};

const TEXT = `  nightly:
    category: attribution
    description: "Builds: it"
    schedule: { at: ["05:00"], days: [monday] }
    execute_steps:
      - dbt build --select tag:core
    threads: 8
    environment_variables: { DBT_WINDOW: "30" }
    adopt_job_id: 4711
`;

/** Removes the longest start and the longest end that two texts have in common, and returns the middle of both. */
function middles(before: string, after: string): [string, string] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)];
}

/** An env file with comments, empty lines and other keys at random places. */
const texts = arbitraryEnvironments.chain((environments) =>
  fc
    .record({
      environment: fc.constantFrom(...environments),
      comments: fc.array(fc.constantFrom("", "# a comment", "      # indented: comment", "  "), { maxLength: 4 }),
      newLine: fc.constantFrom("\n", "\r\n"),
      hasEnd: fc.boolean(),
      after: fc.constantFrom("", "timezone: Europe/Berlin # the team's\n"),
      indent: fc.constantFrom(2, 3, 4),
      indentSeq: fc.boolean(),
    })
    .map(({ environment, comments, newLine, hasEnd, after, indent, indentSeq }) => {
      const { jobs, timezone: _timezone, ...head } = environment;
      const yaml = [
        stringify(head, { indent }),
        stringify({ jobs }, { indent, indentSeq, lineWidth: 60 }),
        ...comments.map((comment) => `${comment}\n`),
        after,
      ].join("");
      const text = yaml.replaceAll("\n", newLine);
      return hasEnd ? text : text.trimEnd();
    }),
);

describe("jobsText", () => {
  it("writes jobs in the style of the shipped files", () => {
    expect(jobsText([JOB])).toBe(TEXT);
  });

  it("writes each text so that YAML reads the same text", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.constantFrom("a\nb\n", " x ", "no", "1e3", "\n")),
        (text) => {
          const fields = { description: text, defer_to: { job: text }, execute_steps: [text], expects: [text] };
          expect(parse(jobsText([{ key: "a", fields }]))).toEqual({ a: fields });
        },
      ),
    );
  });
});

describe("insertJobs", () => {
  const prod = readFileSync(join(__dirname, "../../../environments/prod.yaml"), "utf8");

  it("adds jobs behind the last job of a shipped file", () => {
    expect(insertJobs("prod.yaml", prod, [JOB])).toBe(`${prod}\n${TEXT}`);
  });

  it("returns the same text for no jobs", () => {
    expect(insertJobs("prod.yaml", "not: [checked", [])).toBe("not: [checked");
  });

  it("replaces an empty mapping and keeps its comment", () => {
    expect(insertJobs("new.yaml", "jobs: {} # none yet\nname: new\n", [JOB])).toBe(
      `jobs: # none yet\n${TEXT}name: new\n`,
    );
    expect(insertJobs("new.yaml", "name: new\njobs: {}", [JOB])).toBe(`name: new\njobs:\n${TEXT}`);
  });

  it("inserts in front of the comments that follow the last job", () => {
    const text = "jobs:\n    a:\n        threads: 2 # two\n\n# the end\nname: x\n";
    const inserted = insertJobs("x.yaml", text, [{ key: "b", fields: { threads: 3 } }]);
    expect(inserted).toBe(
      "jobs:\n    a:\n        threads: 2 # two\n\n    b:\n        threads: 3\n\n# the end\nname: x\n",
    );
  });

  it.each(["jobs: { a: { threads: 2 } }\n", "jobs:\nname: x\n", "name: x\n", "jobs: [a]\n", "- a\n"])(
    "refuses to insert into %j and names the fix",
    (text) => {
      expect(() => insertJobs("x.yaml", text, [JOB])).toThrow(ConfigurationError);
      expect(() => insertJobs("x.yaml", text, [JOB])).toThrow(/x\.yaml {2}jobs: .*\n {2}allowed: .*\n {2}fix: {5}/);
    },
  );

  it("changes no byte of the text, and no value", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const inserted = insertJobs("x.yaml", text, [JOB]);
        const [lost, added] = middles(text, inserted);
        expect(lost).toBe("");
        expect(added).toContain("threads: 8");
        const before = parse(text) as { jobs: object };
        expect(parse(inserted)).toEqual({ ...before, jobs: { ...before.jobs, nightly: JOB.fields } });
      }),
      { numRuns: 100 },
    );
  });
});
