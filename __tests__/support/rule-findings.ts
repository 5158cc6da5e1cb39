import { applySchema } from "../../src/env-files/draft";
import type { Rule, FileFinding } from "../../src/env-files/rules/rule";
import { fileData, type Overrides } from "./env-file";

/** Runs one rule without the schema: a test of a rule has no value that the schema refuses. */
const isRefused = (): boolean => false;

/**
 * The findings of one rule in the data of the env files `1.yaml`, `2.yaml` and so on.
 *
 * @param name the rule's name. Other rules do not run
 */
export function findingsOf(rules: readonly Rule[], name: string, ...files: readonly object[]): FileFinding[] {
  const rule = rules.find((candidate) => candidate.name === name);
  if (!rule) throw new Error(`no rule is called "${name}"`);
  const sources = files.map((data, i) => {
    const result = applySchema(data);
    return { file: `${i + 1}.yaml`, environment: "definition" in result ? result.definition : result.draft, isRefused };
  });
  return [...rule.check(sources)];
}

/** Runs a rule for a test. */
type Ask = (...files: Overrides[]) => FileFinding[];

/**
 * Describes rules one by one, and remembers them, so that no rule is without a test.
 *
 * @param rules the rules under test
 */
export function ruleTests(rules: readonly Rule[]): {
  rule: (name: string, tests: (find: Ask) => void) => void;
  asked: ReadonlySet<string>;
} {
  const asked = new Set<string>();
  const rule = (name: string, tests: (find: Ask) => void): void => {
    asked.add(name);
    describe(name, () => {
      tests((...files) => findingsOf(rules, name, ...files.map(fileData)));
    });
  };
  return { rule, asked };
}
