import type {CommittedBlock} from './committed-block.js';

/** The last committed block of a snapshot; its changes are the whole state. */
export type SnapshotTip = Omit<CommittedBlock, 'changes'>;

export interface Snapshot {
  readonly tip: SnapshotTip;
  /** Of the changelog's record of that block: what the next changelog goes on from. */
  readonly checksum: Uint8Array;
}
