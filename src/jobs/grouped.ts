/**
 * Groups items by a key, as `Map.groupBy` does in later versions of Node.js than 20.
 *
 * @returns the items of each key in the given order. The keys are in the order of their first items.
 */
export function groupedBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
