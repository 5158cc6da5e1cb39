import { closest as nearest, distance } from "fastest-levenshtein";

/**
 * The word that somebody most likely meant.
 *
 * @returns undefined when nothing is near: about a third of the letters may have to change, at least one
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = nearest(word, known);
  const tolerance = Math.max(1, Math.round(Math.max(word.length, candidate.length) / 3));
  return distance(word, candidate) <= tolerance ? candidate : undefined;
}
