/** Further ahead of a clock nothing that says a time is taken (docs/protocol.md §5.3). */
const DRIFT_MS = 10_000;

/**
 * Readiness: that the clock of this process is wrong, in words; undefined: nothing says so.
 * @param aheadMs how far it is ahead of a time that somebody else tells, milliseconds; undefined: nobody told yet
 * @param of whose time that is
 * @param mostAheadMs how old what tells the time may be
 */
export function clockReason(aheadMs: number | undefined, of: string, mostAheadMs = DRIFT_MS): string | undefined {
  if (aheadMs === undefined) return undefined;
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  if (aheadMs < -DRIFT_MS) return `this clock is ${seconds} s behind ${of}`;
  return aheadMs > mostAheadMs ? `this clock is ${seconds} s ahead of ${of}` : undefined;
}
