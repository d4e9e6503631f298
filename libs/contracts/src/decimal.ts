/**
 * A uint64 as a `numeric` column holds it. PostgreSQL's `bigint` ends at 2^63 − 1, and a follower that cannot write a
 * legal number stands still.
 */
export const toDecimal = (value: bigint): string => value.toString();

/** The other way. @param decimal whole, as a driver gives it */
export const fromDecimal = (decimal: {toFixed(): string}): bigint => BigInt(decimal.toFixed());
