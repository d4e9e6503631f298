import {decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {signHeader} from '@vitalvault/light-client/testing';
import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {ProvingLedger} from './proving-ledger.js';

type Answer = {result: unknown} | {error: unknown};

/**
 * The RPC of a node of a chain without consensus: real proofs of a small ledger, under headers that the made-up
 * validators signed (`MADE_UP_TRUST`). Answers `/commit` and the query `/proofs`.
 */
export class MadeUpNode {
  readonly #ledger = new ProvingLedger([]);
  readonly #headers: string[] = [];
  #appHash: Uint8Array = this.#ledger.initChain().appHash ?? new Uint8Array();

  /** A block of these transactions, if there are any, and the empty one that carries their root. */
  run(...txs: Uint8Array[]): this {
    if (txs.length > 0) this.#block(txs);
    this.#block([]);
    return this;
  }

  /** A block of these transactions alone: the header that carries their root is the next one's. */
  begin(...txs: Uint8Array[]): this {
    this.#block(txs);
    return this;
  }

  #block(txs: Uint8Array[]): void {
    const height = BigInt(this.#headers.length + 1);
    this.#headers.push(
      signHeader({height, appHash: this.#appHash, timeSeconds: BigInt(Math.floor(Date.now() / 1_000))}),
    );
    this.#appHash = this.#ledger.finalizeBlock({txs, height} as never).appHash ?? this.#appHash;
    this.#ledger.commit();
  }

  /** Of the newest block. */
  get height(): bigint {
    return BigInt(this.#headers.length);
  }

  /** On loopback. */
  async serve(): Promise<{url: string; close: () => Promise<void>}> {
    const server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => {
            resolve();
          });
        }),
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const {id, method, params} = JSON.parse(Buffer.concat(chunks).toString()) as {
      id: number;
      method: string;
      params: Record<string, string>;
    };
    response.end(JSON.stringify({jsonrpc: '2.0', id, ...this.#told(method, params)}));
  }

  #told(method: string, params: Record<string, string>): Answer {
    if (method === 'commit') return this.#commit(Number(params['height'] ?? this.#headers.length));
    const {code, log, value} = this.#ledger.query({
      path: params['path'] ?? '',
      data: Buffer.from(params['data'] ?? '', 'hex'),
    } as never) as {code: number; log?: string; value?: Uint8Array};
    const proofs =
      value === undefined
        ? new Uint8Array()
        : encodeCanonical(ProofResponseSchema, {...decodeCanonical(ProofResponseSchema, value), height: this.height});
    return {result: {response: {code, log: log ?? '', value: Buffer.from(proofs).toString('base64'), height: '0'}}};
  }

  #commit(height: number): Answer {
    const header = this.#headers[height - 1];
    return header === undefined
      ? {
          error: {
            code: -32603,
            message: 'Internal error',
            data: `height ${height} must be less than or equal to the current blockchain height ${this.#headers.length}`,
          },
        }
      : {result: {signed_header: JSON.parse(header) as unknown, canonical: true}};
  }
}
