import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import {alertOf, cidBytes} from '../domain/alerts.js';
import {PeerTurns} from './peer-turns.js';
import type {BlockAnswer, BlockPeer, PackStore, RecordStore, ReleasableRecord} from './ports.js';
import type {RepairBlocks} from './repair-blocks.js';

export interface ReadOptions {
  /** For one record over all peers. */
  readonly timeoutMs: number;
  /** After so long without an answer another peer is asked beside the one that thinks. */
  readonly patienceMs: number;
  readonly now: () => number;
  readonly traceparent: () => string | undefined;
  readonly onServed: (record: ReleasableRecord, peer: number) => void;
  readonly onCorrupt: (record: ReleasableRecord, peer: number) => void;
}

interface Told {
  readonly peer: BlockPeer;
  readonly answer: BlockAnswer;
}

/**
 * Fetches a ciphertext: from this organisation's own peer, else from another. Bytes with another hash are never handed
 * on; they are an alert to the patient, and the copy is written anew from a good one. A peer that hangs costs its own
 * share once: it is asked last for a while.
 */
export class ReadCiphertext {
  readonly #turns: PeerTurns;

  constructor(
    private readonly options: ReadOptions,
    private readonly ports: {
      peers: readonly BlockPeer[];
      packs: Pick<PackStore, 'recover'>;
      records: RecordStore;
      repair: Pick<RepairBlocks, 'execute'>;
    },
  ) {
    this.#turns = new PeerTurns(ports.peers);
  }

  /**
   * @param gone nobody waits for it any more
   * @throws DomainError record-lost when every peer answered and none has it intact; ipfs-unavailable when one did not
   * answer in time
   */
  async execute(record: ReleasableRecord, gone?: AbortSignal): Promise<Uint8Array> {
    const over = new AbortController();
    const ends = [over.signal, AbortSignal.timeout(this.options.timeoutMs), ...(gone === undefined ? [] : [gone])];
    const reading = new Reading(this.#turns.inTurn(this.options.now()), (peer) =>
      peer.blockGet(record.cid, {
        timeoutMs: this.options.timeoutMs,
        maxBytes: record.ciphertextBytes,
        signal: AbortSignal.any(ends),
      }),
    );
    try {
      return await this.#firstIntact(record, reading, gone);
    } finally {
      over.abort();
    }
  }

  async #firstIntact(record: ReleasableRecord, reading: Reading, gone?: AbortSignal): Promise<Uint8Array> {
    const damaged: BlockPeer[] = [];
    const slow = new Set<BlockPeer>();
    // In no pack yet: anchored before this database came back from a copy, and still to be packed anew. It is not lost.
    let late = record.packRoot === undefined;
    const rest = (peer: BlockPeer): void => {
      slow.add(peer);
      this.#turns.slow(peer, this.options.now());
    };
    for await (const {peer, answer} of reading.answers(this.options.patienceMs, rest)) {
      if (gone?.aborted === true) throw new DomainError('ipfs-unavailable', {detail: 'Nobody waits for it any more.'});
      if (answer.outcome === 'timeout') rest(peer);
      // Who answered and let others be asked meanwhile goes on resting.
      else if (!slow.has(peer)) this.#turns.answered(peer);
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

/** One question to several peers: to the next when one has answered, or lets us wait. */
class Reading {
  readonly #underWay = new Map<BlockPeer, Promise<Told>>();

  constructor(
    private readonly peers: BlockPeer[],
    private readonly ask: (peer: BlockPeer) => Promise<BlockAnswer>,
  ) {}

  /** What they answer, as it comes, until whoever asks has enough. */
  async *answers(patienceMs: number, onSlow: (peer: BlockPeer) => void): AsyncGenerator<Told> {
    for (let ask = true; ask || this.#underWay.size > 0;) {
      const peer = ask ? this.peers.shift() : undefined;
      if (peer !== undefined) this.#underWay.set(peer, this.#told(peer));
      if (this.#underWay.size === 0) return;
      const told = await this.#first(this.peers.length === 0 ? undefined : patienceMs);
      ask = told === undefined || this.#underWay.delete(told.peer);
      if (told !== undefined) yield told;
      else for (const slow of this.#underWay.keys()) onSlow(slow);
    }
  }

  async #told(peer: BlockPeer): Promise<Told> {
    return {peer, answer: await this.ask(peer)};
  }

  async #first(patienceMs: number | undefined): Promise<Told | undefined> {
    if (patienceMs === undefined) return Promise.race(this.#underWay.values());
    const over = new AbortController();
    const late = sleep(patienceMs, undefined, {signal: over.signal}).catch(() => undefined);
    return Promise.race([...this.#underWay.values(), late]).finally(() => over.abort());
  }
}
