import type { Cloud } from "./cloud";

/** One behaviour of dbt Cloud that clients rely on. */
export interface Rule {
  /** The id for --rules, `topic.rule`. */
  readonly id: string;
  /** The rule in words. */
  readonly sentence: string;
  /** Whether it starts jobs. Only the stand-in for dbt understands their steps. */
  readonly startsJobs: boolean;
  /**
   * Asks the server.
   *
   * @throws Error with the answer that breaks the rule
   */
  readonly check: (cloud: Cloud) => Promise<void>;
}

/** The rules about one topic. */
export interface RuleGroup {
  readonly topic: string;
  readonly rules: readonly Rule[];
}

/** A rule before it has a group. */
type RuleOfGroup = Omit<Rule, "startsJobs">;

/** A rule of a group. Its id does not contain the topic. */
export function rule(id: string, sentence: string, check: Rule["check"]): RuleOfGroup {
  return { id, sentence, check };
}

/** The rules about a topic. */
export function group(
  topic: string,
  rules: readonly RuleOfGroup[],
  { startsJobs = false }: { startsJobs?: boolean } = {},
): RuleGroup {
  return { topic, rules: rules.map((entry) => ({ ...entry, id: `${topic}.${entry.id}`, startsJobs })) };
}

/**
 * Checks a rule, and deletes the objects that it created.
 *
 * @returns the problem; undefined when the rule holds
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
