import type { Manifest } from "./manifest";

/** A change of a mart's contract. */
export interface ContractChange {
  readonly mart: string;
  /** The column whose declared type changed; null for the contract as a whole. */
  readonly column: string | null;
  /** The declared type, or whether dbt enforces the contract; null when there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** The tests of data and of code that one build has and the other has not, by name. */
export interface TestChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The tests that a change adds and removes. A test with other arguments is another test. */
export function testChanges(base: Manifest, head: Manifest): TestChanges {
  const [before, after] = [testsOf(base), testsOf(head)];
  return {
    added: [...after].filter((name) => !before.has(name)).sort(),
    removed: [...before].filter((name) => !after.has(name)).sort(),
  };
}

function testsOf({ nodes, unit_tests }: Manifest): Set<string> {
  const data = Object.values(nodes).filter(({ resource_type }) => resource_type === "test");
  return new Set([...data, ...Object.values(unit_tests)].map(({ name }) => name));
}

/** The changes of the contracts of the named marts that both builds have. */
export function contractChanges(base: Manifest, head: Manifest, marts: readonly string[]): ContractChange[] {
  return marts.flatMap((mart) => {
    const [before, after] = [base, head].map((manifest) =>
      Object.values(manifest.nodes).find(({ resource_type, name }) => resource_type === "model" && name === mart),
    );
    if (!before || !after) return [];
    const columns = Object.keys(after.columns).filter((column) => column in before.columns);
    return [
      { mart, column: null, before: enforced(before), after: enforced(after) },
      ...columns.map((column) => ({ mart, column, before: typeOf(before, column), after: typeOf(after, column) })),
    ].filter((change) => change.before !== change.after);
  });
}

type Node = Manifest["nodes"][string];

function enforced({ config }: Node): string {
  return config?.contract?.enforced ? "enforced" : "not enforced";
}

function typeOf({ columns }: Node, column: string): string | null {
  return columns[column]?.data_type ?? null;
}
