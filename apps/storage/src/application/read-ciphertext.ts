import {DomainError} from '@vitalvault/errors';
import {alertOf, cidBytes} from '../domain/alerts.js';
import type {BlockPeer, PackStore, RecordStore, ReleasableRecord} from './ports.js';
import type {RepairBlocks} from './repair-blocks.js';

export interface ReadOptions {
  /** For one record over all peers. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly traceparent: () => string | undefined;
  readonly onServed: (record: ReleasableRecord, peer: number) => void;
  readonly onCorrupt: (record: ReleasableRecord, peer: number) => void;
}

/**
 * Fetches a ciphertext: from this organisation's own peer, else from another. Bytes with another hash are never handed
 * on; they are an alert to the patient, and the copy is written anew from a good one.
 */
export class ReadCiphertext {
  constructor(
    private readonly options: ReadOptions,
    private readonly ports: {
      peers: readonly BlockPeer[];
      packs: PackStore;
      records: RecordStore;
      repair: Pick<RepairBlocks, 'execute'>;
    },
  ) {}

  /**
   * @throws DomainError record-lost when every peer answered and none has it intact; ipfs-unavailable when one did not
   * answer in time
   */
  async execute(record: ReleasableRecord): Promise<Uint8Array> {
    const deadline = this.options.now() + this.options.timeoutMs;
    const damaged: BlockPeer[] = [];
    let late = false;
    for (const [place, peer] of this.ports.peers.entries()) {
      const left = deadline - this.options.now();
      if (left <= 0) throw new DomainError('ipfs-unavailable');
      // A peer that hangs leaves time for those after it.
      const timeoutMs = Math.ceil(left / Math.min(2, this.ports.peers.length - place));
      const answer = await peer.blockGet(record.cid, {timeoutMs, maxBytes: record.ciphertextBytes});
      if (answer.outcome === 'served') {
        this.options.onServed(record, peer.index);
        for (const bad of damaged) this.ports.repair.execute(record, bad, answer.bytes);
        return answer.bytes;
      }
      if (answer.outcome === 'corrupt') {
        damaged.push(peer);
        await this.#reportCorrupt(record, peer.index);
      }
      late ||= answer.outcome === 'timeout';
    }
    // Nobody has good bytes to repair from; a peer that was to hold it may still fetch it from one that nobody asked.
    if (record.packRoot !== undefined) await this.ports.packs.recover(record.packRoot).catch(() => undefined);
    throw new DomainError(late ? 'ipfs-unavailable' : 'record-lost');
  }

  async #reportCorrupt(record: ReleasableRecord, peer: number): Promise<void> {
    this.options.onCorrupt(record, peer);
    await this.ports.records.alert([
      alertOf('corrupt', {
        patient: record.patient,
        subject: cidBytes(record.ciphertextHash),
        raisedAtMs: BigInt(this.options.now()),
        traceparent: this.options.traceparent(),
        text: 'A stored copy of your readings was damaged. It was not handed out; another copy is used.',
      }),
    ]);
  }
}
