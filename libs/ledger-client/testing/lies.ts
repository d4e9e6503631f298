import type {Lie} from './lying-rpc.js';

type Json = Record<string, unknown>;

const flipped = (base64: string): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
};

/** Alters the transactions of a block, if it has any. */
const transactions =
  (others: string[] | ((tx: string) => string)): Lie =>
  (method, result) => {
    const block = result['block'] as {data: {txs: string[] | null}} | undefined;
    const txs = block?.data.txs ?? [];
    if (method !== 'block' || txs.length === 0) return undefined;
    return {...result, block: {...block, data: {txs: Array.isArray(others) ? others : txs.map(others)}}};
  };

/** Alters the results of a block, if it has any. */
const results =
  (change: Json): Lie =>
  (method, result) => {
    const found = result['txs_results'] as Json[] | null | undefined;
    if (method !== 'block_results' || !Array.isArray(found)) return undefined;
    return {...result, txs_results: found.map((one) => ({...one, ...change}))};
  };

const headers =
  (change: Json): Lie =>
  (method, result) => {
    const signed = result['signed_header'] as {header: Json; commit: Json} | undefined;
    if (method !== 'commit' || signed === undefined) return undefined;
    return {...result, signed_header: {...signed, header: {...signed.header, ...change}}};
  };

const answers =
  (change: (response: Json) => Json): Lie =>
  (method, result) =>
    method === 'abci_query' ? {response: change(result['response'] as Json)} : undefined;

/** What a node of somebody else could say to a follower. */
export const LIES: Readonly<Record<string, Lie>> = {
  'invents a transaction in an empty block': (method, result) => {
    const block = result['block'] as {data: {txs: string[] | null}} | undefined;
    if (method === 'block' && (block?.data.txs ?? []).length === 0)
      return {...result, block: {...block, data: {txs: [Buffer.from('made up').toString('base64')]}}};
    return method === 'block_results' && !Array.isArray(result['txs_results'])
      ? {...result, txs_results: [{code: 0, data: null, gas_wanted: '0', gas_used: '0', events: []}]}
      : undefined;
  },
  'alters a transaction': transactions(flipped),
  'leaves the transactions out': (method, result) =>
    method === 'block_results' && Array.isArray(result['txs_results'])
      ? {...result, txs_results: null}
      : transactions([])(method, result),
  'alters the code of a result': results({code: 25}),
  'alters the data of a result': results({data: 'CAE='}),
  'gives a header of other validators': headers({validators_hash: 'AB'.repeat(32)}),
  'gives a header of another state': headers({app_hash: 'CD'.repeat(32)}),
  'gives no header': (method) => (method === 'commit' ? {signed_header: null, canonical: true} : undefined),
  'alters a leaf': answers((response) => ({...response, value: flipped((response['value'] as string | null) ?? '')})),
  'withholds what was asked for': answers((response) => ({...response, value: Buffer.from([8, 1]).toString('base64')})),
  'gives answers that are not canonical': answers((response) => ({...response, value: '/w=='})),
  'gives answers that cannot be read': answers(() => ({value: 7})),
  'refuses every question': answers(() => ({code: 27, log: 'no', height: '1'})),
};
