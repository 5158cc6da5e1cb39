import type { Answer } from "../cloud";
import { ACCEPTED, type Accepted } from "./accepted";
import type { Document } from "./document";
import { operationsOf } from "./operations";

/** The result for one operation. */
interface CheckedOperation {
  readonly name: string;
  /** The number of compared answers. */
  answers: number;
  /** The differences that are not accepted. */
  readonly differences: Set<string>;
}

/** The result for all answers. */
export interface Checked {
  readonly operations: readonly CheckedOperation[];
  /** The accepted differences, with the number of places of each. One with 0 places can be removed. */
  readonly accepted: ReadonlyMap<Accepted, number>;
  /** Answers in JSON that no document describes. */
  readonly undescribed: number;
}

/** Compares answers with the schemas of OpenAPI documents. */
export function checkAnswers(answers: readonly Answer[], documents: readonly Document[]): Checked {
  const operationOf = operationsOf(documents);
  const operations = new Map<string, CheckedOperation>();
  const accepted = new Map(ACCEPTED.map((entry) => [entry, new Set<string>()]));
  let undescribed = 0;
  for (const answer of answers.filter(({ json }) => json !== undefined)) {
    const operation = operationOf(answer);
    if (!operation) {
      undescribed++;
      continue;
    }
    const { name } = operation;
    const checked = operations.get(name) ?? { name, answers: 0, differences: new Set() };
    operations.set(name, checked);
    checked.answers++;
    for (const difference of operation.differences(answer)) {
      const reason = ACCEPTED.find((entry) => entry.operation.test(name) && entry.difference.test(difference));
      if (reason) accepted.get(reason)!.add(`${name}: ${difference}`);
      else checked.differences.add(difference);
    }
  }
  return {
    operations: [...operations.values()].sort((a, b) => a.name.localeCompare(b.name)),
    accepted: new Map([...accepted].map(([entry, found]) => [entry, found.size])),
    undescribed,
  };
}
