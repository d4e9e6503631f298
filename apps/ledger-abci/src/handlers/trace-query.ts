import type {QueryAnswer, RequestQuery} from '@vitalvault/abci';
import {CODE} from '@vitalvault/contracts';
import type {LedgerSpans} from '../ledger-spans.js';

const HASH_BYTES = 32;

/**
 * Path "/trace", data = SHA-256 of the transaction's bytes (32) || W3C traceparent in ASCII: the sender says under
 * which span it will send that transaction. Nothing of it enters the chain, and nobody can read it back.
 */
export function traceQuery(spans: LedgerSpans, {data}: RequestQuery): QueryAnswer {
  const taken = spans.expect(data.subarray(0, HASH_BYTES), Buffer.from(data.subarray(HASH_BYTES)).toString('latin1'));
  return taken ? {code: CODE.ok} : {code: CODE.invalidField, codespace: 'tx', log: 'not a hash and a traceparent'};
}
