import {fromBinary} from '@bufbuild/protobuf';
import type {Socket} from 'node:net';
import {performance} from 'node:perf_hooks';
import {setImmediate as nextTurn} from 'node:timers/promises';
import type {AbciLog} from './abci-log.js';
import type {Dispatcher} from './dispatcher.js';
import {REFUSED_PROPOSAL, isCrowdedProposal} from './crowded-proposal.js';
import {FrameReader} from './frames.js';
import {RequestSchema} from './gen/tendermint/abci/types_pb.js';
import type {Request} from './gen/tendermint/abci/types_pb.js';

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly dispatcher: Dispatcher;
  readonly log: AbciLog;
  readonly maxMessageBytes: number;
  readonly maxProposalTxs: number;
}

// A connection's work may keep the event loop this long before the other three get their turn.
const SHARE_MS = 10;
// Replies are gathered up to this size, so that a batch of CheckTx costs one write.
const REPLY_BATCH_BYTES = 1 << 20;

/** One connection of CometBFT: requests are answered strictly in order, one at a time. */
export class Connection {
  private readonly reader: FrameReader;
  private queue: Uint8Array[] = [];
  private replies: Uint8Array[] = [];
  private replyBytes = 0;
  private working: Promise<void> | undefined;
  private ended = false;

  constructor(private readonly options: ConnectionOptions) {
    this.reader = new FrameReader(options.maxMessageBytes);
    const {socket, log} = options;
    socket.on('data', (chunk) => {
      this.take(chunk);
    });
    socket.on('error', (err) => {
      log.warn('ABCI connection failed', {error: err});
    });
    socket.on('close', () => {
      this.ended = true;
    });
  }

  /** Lets the request in work finish, sends its reply and ends the connection. Requests that wait are dropped. */
  async close(): Promise<void> {
    this.ended = true;
    this.options.socket.pause();
    await this.working;
    this.flush();
    this.options.socket.end();
    this.options.socket.destroySoon();
  }

  /** Ends the connection at once, without any further reply. */
  destroy(): void {
    this.ended = true;
    this.options.socket.destroy();
  }

  private take(chunk: Buffer): void {
    if (this.ended) return;
    try {
      // A plain view, since slice() of a Buffer does not copy and would surprise an application.
      const messages = this.reader.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      for (const message of messages) this.queue.push(message);
    } catch (err) {
      this.refuse(err, 'ABCI message refused, connection closed');
      return;
    }
    if (this.queue.length > 0)
      this.working ??= this.work().finally(() => {
        this.working = undefined;
      });
  }

  private async work(): Promise<void> {
    this.options.socket.pause();
    let since = performance.now();
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      for (const message of batch) {
        if (this.ended || !(await this.serve(message))) return;
        if (performance.now() - since > SHARE_MS) {
          await nextTurn();
          since = performance.now();
        }
      }
    }
    this.flush();
    if (!this.ended) this.options.socket.resume();
  }

  private async serve(message: Uint8Array): Promise<boolean> {
    let request: Request;
    try {
      if (isCrowdedProposal(message, this.options.maxProposalTxs)) {
        this.options.log.warn('proposal of too many transactions refused', {});
        this.reply(REFUSED_PROPOSAL);
        return true;
      }
      request = fromBinary(RequestSchema, message);
    } catch (err) {
      this.refuse(err, 'undecodable ABCI request, connection closed');
      return false;
    }
    const framed = await this.options.dispatcher.answer(request);
    if (framed === undefined) {
      this.destroy();
      return false;
    }
    this.reply(framed);
    if (request.value.case === 'flush' || this.replyBytes >= REPLY_BATCH_BYTES) this.flush();
    return true;
  }

  private reply(framed: Uint8Array): void {
    this.replies.push(framed);
    this.replyBytes += framed.length;
  }

  private flush(): void {
    if (this.replies.length > 0 && this.options.socket.writable) this.options.socket.write(Buffer.concat(this.replies));
    this.replies = [];
    this.replyBytes = 0;
  }

  private refuse(err: unknown, message: string): void {
    this.options.log.error(message, {error: err});
    this.destroy();
  }
}
