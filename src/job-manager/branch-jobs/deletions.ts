/** Whether so many of the jobs would be deleted that it is more likely a mistake than meant: more than half. */
export function isMostOf(deleted: number, owned: number): boolean {
  return deleted * 2 > owned;
}
