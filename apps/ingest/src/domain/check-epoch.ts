/** Epoch of one tag: covers the slots from here to the next epoch's `fromSlot`, inclusive at both ends. */
export interface Epoch {
  readonly epoch: number;
  readonly fromSlot: number;
}

/** Whether `epoch` is one of `epochs` and covers `slot`. @spec docs/protocol.md §3.5 */
export function epochCovers(epochs: readonly Epoch[], epoch: number, slot: number): boolean {
  const own = epochs.find((one) => one.epoch === epoch);
  if (own === undefined || slot < own.fromSlot) return false;
  const next = epochs.find((one) => one.epoch === epoch + 1);
  return next === undefined || slot <= next.fromSlot;
}
