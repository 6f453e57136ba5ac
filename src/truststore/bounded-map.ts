/** How many stores are asked at a time: 300 profiles at once would only keep each other waiting. */
export const AT_ONCE = 8;

/** `Promise.all` over a map, of which no more than `limit` calls are under way at a time. */
export async function boundedMap<In, Out>(
  items: readonly In[],
  limit: number,
  map: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
