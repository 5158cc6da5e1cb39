import { closest as nearest, distance } from "fastest-levenshtein";

/**
 * The known word that the person most likely meant.
 *
 * @returns undefined when no word is near: at most a third of the letters, and at least one letter, may differ
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = nearest(word, known);
  const tolerance = Math.max(1, Math.round(Math.max(word.length, candidate.length) / 3));
  return distance(word, candidate) <= tolerance ? candidate : undefined;
}
