import { applySchema } from "../../src/env-files/draft";
import type { Rule, FileFinding } from "../../src/env-files/rules/rule";
import { fileData, type Overrides } from "./env-file";

/** Rules are asked by themselves here; what the schema refused stands in no test of a rule alone. */
const isRefused = (): boolean => false;

/**
 * What one rule finds in the data of env files, `1.yaml`, `2.yaml` and so on.
 *
 * @param name the rule's; a rule of another name is not asked
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

/** How a test asks a rule. */
type Ask = (...files: Overrides[]) => FileFinding[];

/**
 * Describes rules one by one, and remembers which, so that none is forgotten.
 *
 * @param rules those that the tests are about
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
