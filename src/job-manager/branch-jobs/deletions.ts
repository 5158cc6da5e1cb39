/** Whether more than half of the jobs would be deleted, which is probably a mistake. */
export function isMostOf(deleted: number, owned: number): boolean {
  return deleted * 2 > owned;
}
