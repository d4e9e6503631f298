/** A size or an index. Numbers are accepted where they are exact. */
export type Count = number | bigint;

/** The count as bigint; undefined when it is negative or no integer, so that verifiers answer false and never throw. */
export function toCount(count: Count): bigint | undefined {
  if (typeof count === 'number' && !Number.isSafeInteger(count)) return undefined;
  const value = BigInt(count);
  return value < 0n ? undefined : value;
}
