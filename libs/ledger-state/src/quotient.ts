/** Whole division of counts, rounded down: the only division in consensus code. */
export function quotient(dividend: bigint, divisor: bigint): bigint {
  // eslint-disable-next-line no-restricted-syntax -- bigints, so there is no float
  return dividend / divisor;
}
