import type {ServerResponse} from 'node:http';
import type {Lie} from './lying-rpc.js';

type Json = Record<string, unknown>;

/** Alters what comes back for a question with proofs. */
const answers =
  (change: (response: Json) => unknown): Lie =>
  (method, result) =>
    method === 'abci_query' ? {response: change(result['response'] as Json)} : undefined;

const value = (change: (bytes: Buffer) => Uint8Array): Lie =>
  answers((response) => ({
    ...response,
    value: Buffer.from(change(Buffer.from(response['value'] as string, 'base64'))).toString('base64'),
  }));

const headers =
  (change: (signed: {header: Json; commit: Json}) => unknown): Lie =>
  (method, result) =>
    method === 'commit' && result['signed_header'] !== undefined
      ? {...result, signed_header: change(result['signed_header'] as {header: Json; commit: Json})}
      : undefined;

/** Answers one kind of call in its own way. */
const instead =
  (of: 'abci_query' | 'commit', how: (response: ServerResponse, truth: string) => void): Lie =>
  (method) =>
    method === of ? how : undefined;

const error =
  (data: string) =>
  (response: ServerResponse): void =>
    void response.end(JSON.stringify({jsonrpc: '2.0', id: 1, error: {code: -32603, message: 'Internal error', data}}));

const drip = (response: ServerResponse): void => {
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
};

const flood = (response: ServerResponse): void => {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  };
  response.on('drain', more);
  more();
};

const silence = (): void => undefined;
const late =
  (ms: number) =>
  (response: ServerResponse, truth: string): void =>
    void setTimeout(() => response.end(truth), ms);

/** What a node could do to a question with proofs, besides what `LIES` has. */
export const ANSWER_LIES: Readonly<Record<string, Lie>> = {
  'gives an answer with a field that nobody knows': value((bytes) => Buffer.concat([bytes, Buffer.from([0x78, 1])])),
  'cuts the answer': value((bytes) => bytes.subarray(0, -1)),
  'gives an empty answer': value(() => new Uint8Array()),
  'gives an answer that is too large': value(() => new Uint8Array(1_200_000)),
  'gives no response': answers(() => null),
  'gives a response that is text': answers(() => 'no'),
  'gives a value that is no base64': answers((response) => ({...response, value: '!'})),
  'gives a code that is a word': answers((response) => ({...response, code: 'ok'})),
  'gives a value of another kind': answers((response) => ({...response, value: {}})),
  'refuses with a code of its own': answers(() => ({code: 4_000_000, log: 'no'})),
  'refuses in JSON-RPC': instead('abci_query', error('no')),
  'breaks the question off': instead('abci_query', (response) => response.destroy()),
  'answers with an error page': instead('abci_query', (response) => response.writeHead(502).end('<html>')),
  'answers null': instead('abci_query', (response) => response.end('null')),
  'does not answer': instead('abci_query', silence),
  'answers for ever': instead('abci_query', flood),
  'answers byte by byte': instead('abci_query', drip),
  'answers late': instead('abci_query', late(2_500)),
  'gives an empty header': headers(() => ({})),
  'gives a header that is a number': headers(() => 5),
  'gives a header without its commit': headers(({header}) => ({header})),
  'gives a header of another chain': headers(({header, commit}) => ({header: {...header, chain_id: 'other'}, commit})),
  'gives a header that is signed by nobody': headers(({header, commit}) => ({
    header,
    commit: {...commit, signatures: []},
  })),
  'gives a header of the height that is asked for, and not its hash': headers(({header, commit}) => ({
    header: {...header, height: '99'},
    commit: {...commit, height: '99'},
  })),
  'says that there is no header yet': instead(
    'commit',
    error('height 5 must be less than or equal to the current blockchain height 4'),
  ),
  'says that there is no header at all': instead('commit', error('no')),
  'does not show a header': instead('commit', silence),
  'shows its headers late': instead('commit', late(2_500)),
};
