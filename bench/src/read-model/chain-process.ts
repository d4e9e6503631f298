import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {ChainLife} from './chain-life.js';
import {MadeChain} from './made-chain.js';
import type {Part} from './made-chain.js';

/** What the process of a chain is asked for: so many blocks, of so many transactions of each kind. */
export interface BlocksToMake {
  readonly blocks: number;
  readonly requests: number;
  readonly anchors: number;
  /** Of each anchor. */
  readonly records: number;
}

/** What it tells when it is there, and after each such order. */
export interface ChainTold {
  readonly url: string;
  readonly genesis: string;
  readonly height: number;
  readonly fileBytes: number;
}

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
}

const [, , path = ''] = process.argv;
const chain = new MadeChain(path);
const life = new ChainLife(chain.ledger);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const {id, method, params} = JSON.parse(Buffer.concat(chunks).toString()) as Question;
  const told =
    method === 'abci_query' ? proofs(params) : block(method as Part, Number(params['height'] ?? chain.height));
  const begin = `{"jsonrpc":"2.0","id":${String(id)},`;
  response.end(Buffer.concat([Buffer.from(begin), told, Buffer.from('}')]));
}

function block(part: Part, height: number): Buffer {
  const bytes = chain.part(part, height);
  if (bytes !== undefined) return Buffer.concat([Buffer.from('"result":'), bytes]);
  const data = `height ${String(height)} must be less than or equal to the current blockchain height ${String(chain.height)}`;
  return Buffer.from(`"error":${JSON.stringify({code: -32_603, message: 'Internal error', data})}`);
}

function proofs({data = ''}: Question['params']): Buffer {
  const value = Buffer.from(chain.proofs(Buffer.from(data, 'hex'))).toString('base64');
  const response = {code: 0, log: '', value, height: String(chain.height)};
  return Buffer.from(`"result":${JSON.stringify({response})}`);
}

function make({blocks, requests, anchors, records}: BlocksToMake): void {
  for (let i = 0; i < blocks; i += 1)
    chain.add([
      ...Array.from({length: anchors}, () => life.anchor(records)),
      ...Array.from({length: requests}, () => life.request()),
    ]);
  // Its header speaks for the results and the state of the last one.
  chain.add([]);
}

for (const txs of life.beginning()) chain.add(txs);
chain.add([]);
const server = createServer((request, response) => {
  // Followers hang a bell at a node too, a WebSocket: there is none here, so that they poll.
  if (request.method === 'POST') void answer(request, response);
  else response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const tell = (): void => {
    const genesis = Buffer.from(chain.genesis).toString('base64');
    process.send?.({url, genesis, height: chain.height, fileBytes: chain.bytes} satisfies ChainTold);
  };
  process.on('message', (order: BlocksToMake) => {
    make(order);
    tell();
  });
  process.on('disconnect', () => process.exit());
  tell();
});
