import {create, fromBinary} from '@bufbuild/protobuf';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {frame, FrameReader} from '../src/frames.js';
import {RequestSchema, ResponseSchema} from '../src/gen/tendermint/abci/types_pb.js';
import type {Response} from '../src/gen/tendermint/abci/types_pb.js';

export type AbciRequest = NonNullable<MessageInitShape<typeof RequestSchema>['value']>;

/** One connection as CometBFT opens four of them, for specs: sends requests, gives their answers in order. */
export class AbciConnection {
  private readonly waiting: {resolve: (response: Response['value']) => void; reject: (error: Error) => void}[] = [];

  private constructor(private readonly socket: Socket) {
    const reader = new FrameReader(256 << 20);
    socket.on('data', (chunk) => {
      for (const message of reader.push(new Uint8Array(chunk)))
        this.waiting.shift()?.resolve(fromBinary(ResponseSchema, message).value);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const {reject} of this.waiting.splice(0)) reject(new Error('connection closed without an answer'));
    });
  }

  static open(socketPath: string): Promise<AbciConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({path: socketPath}, () => {
        resolve(new AbciConnection(socket));
      });
      socket.once('error', reject);
    });
  }

  /**
   * Sends without waiting for earlier answers, as CometBFT does with CheckTx. Rejects when the connection is closed
   * instead.
   */
  ask(value: AbciRequest): Promise<Response['value']> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) {
        reject(new Error('connection closed'));
        return;
      }
      this.waiting.push({resolve, reject});
      this.socket.write(frame(RequestSchema, create(RequestSchema, {value})));
    });
  }

  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }
}
