import { closest as nearest, distance } from "fastest-levenshtein";

/**
 * The known word that the user most likely meant.
 *
 * @returns undefined if no word is close. At most a third of the letters can differ, or one letter in a short word
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = nearest(word, known);
  const tolerance = Math.max(1, Math.round(Math.max(word.length, candidate.length) / 3));
  return distance(word, candidate) <= tolerance ? candidate : undefined;
}
