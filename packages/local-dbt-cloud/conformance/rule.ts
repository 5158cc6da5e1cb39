import type { Cloud } from "./cloud";

/** One thing that a dbt Cloud does, as its clients see it. */
export interface Rule {
  /** What to choose it by, `thing.rule`. */
  readonly id: string;
  /** The rule in words. */
  readonly sentence: string;
  /** Whether it starts jobs, whose steps only the dbt of this program understands. */
  readonly startsJobs: boolean;
  /**
   * Asks the server.
   *
   * @throws saying what it answered when it breaks the rule
   */
  readonly check: (cloud: Cloud) => Promise<void>;
}

/** The rules about one thing. */
export interface RuleGroup {
  readonly thing: string;
  readonly rules: readonly Rule[];
}

/** A rule before it has a group. */
type RuleOfGroup = Omit<Rule, "startsJobs">;

/** A rule of a group; its id is what comes behind the thing. */
export function rule(id: string, sentence: string, check: Rule["check"]): RuleOfGroup {
  return { id, sentence, check };
}

/** Gathers the rules about a thing. */
export function group(
  thing: string,
  rules: readonly RuleOfGroup[],
  { startsJobs = false }: { startsJobs?: boolean } = {},
): RuleGroup {
  return { thing, rules: rules.map((entry) => ({ ...entry, id: `${thing}.${entry.id}`, startsJobs })) };
}

/**
 * Checks a rule, and removes what it made.
 *
 * @returns what is wrong; undefined when the rule holds
 */
export async function broken(rule: Rule, cloud: Cloud): Promise<string | undefined> {
  try {
    try {
      await rule.check(cloud);
    } finally {
      await cloud.cleanUp();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
