/**
 * A number with its noun: `1 job`, `2 jobs`.
 *
 * @param plural the noun for several; default: the noun with an s
 */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
