import {observe} from '@vitalvault/process';
import type {AnchorRecords} from './application/anchor-records.js';
import type {EntryQueue} from './application/entry-queue.js';

/** A block takes a transaction within seconds, and every node has got it when it was sent four times. */
const LATE_MS = 60_000;

/** Why it is not said that anchoring goes on; undefined: it does, or there is nothing to anchor. */
export function whyNotAnchoring({waitingMs}: Pick<AnchorRecords, 'waitingMs'>): string | undefined {
  return waitingMs < LATE_MS
    ? undefined
    : `no block has taken a transaction of ours for ${String(Math.floor(waitingMs / 1_000))} s: look at the nodes of LEDGER_RPC, and at 'anchor refused by a node' in the log`;
}

/** Tells what waits for the ledger. */
export function watchAnchoring(anchor: Pick<AnchorRecords, 'waitingMs'>, queue: Pick<EntryQueue, 'held'>): void {
  observe('vitalvault.storage.anchor_waiting', () => anchor.waitingMs / 1_000);
  observe('vitalvault.storage.held_registrations', () => queue.held);
}
