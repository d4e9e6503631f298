import {slotOf} from '@vitalvault/contracts';

/** The block that a transaction stands in: the ledger's only clock. */
export interface Block {
  readonly height: bigint;
  /** Unix seconds, rounded down. */
  readonly time: bigint;
}

/**
 * Slot of the block's time. Block times before 1970 or after 2³² hours do not occur: CometBFT's times rise from
 * genesis'.
 */
export function blockSlot(block: Block): number {
  return slotOf(block.time);
}
