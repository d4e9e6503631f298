import {DomainError} from '@vitalvault/errors';
import {nameHere, withSpan} from '@vitalvault/process';
import {CID} from 'multiformats/cid';
import {createHash} from 'node:crypto';
import {readBounded} from './bounded-body.js';

/** What a peer gave for a block. Only `served` has bytes, and only bytes whose SHA-256 is the CID's. */
export type BlockAnswer =
  {readonly outcome: 'served'; readonly bytes: Uint8Array} | {readonly outcome: 'corrupt' | 'missing' | 'timeout'};

interface ReadLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Nobody waits for it any more. */
  readonly signal?: AbortSignal;
}

/** Reads raw blocks from one kubo peer through its trustless gateway and compares them with their CID. */
export class KuboClient {
  /** @param options.index place in the list of peers, for logs and spans */
  constructor(private readonly options: {gatewayUrl: string; index: number}) {}

  get index(): number {
    return this.options.index;
  }

  /** Never throws: a peer that is away, late, redirects or answers nonsense is `timeout`. */
  async blockGet(cid: string, limits: ReadLimits): Promise<BlockAnswer> {
    return withSpan(
      'ipfs.block_get',
      {
        kind: 'client',
        attributes: {
          'vitalvault.peer': this.options.index,
          'vitalvault.which': nameHere(cid),
          'server.address': new URL(this.options.gatewayUrl).host,
        },
      },
      async (span) => {
        const answer = await this.#get(cid, limits).catch((): BlockAnswer => ({outcome: 'timeout'}));
        span.setAttribute('vitalvault.outcome', answer.outcome);
        return answer;
      },
    );
  }

  async #get(cid: string, {timeoutMs, maxBytes, signal}: ReadLimits): Promise<BlockAnswer> {
    const late = AbortSignal.timeout(timeoutMs);
    const response = await fetch(new URL(`/ipfs/${cid}?format=raw`, this.options.gatewayUrl), {
      headers: {accept: 'application/vnd.ipld.raw'},
      redirect: 'error',
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      if (NOT_THERE.has(response.status)) return {outcome: 'missing'};
      throw new DomainError('ipfs-unavailable', {meta: {status: response.status}});
    }
    const bytes = await readBounded(response, maxBytes);
    if (bytes === undefined) return {outcome: 'corrupt'};
    return isBlockOf(cid, bytes) ? {outcome: 'served', bytes} : {outcome: 'corrupt'};
  }
}

// What kubo's gateway answers for a block that it does not have and may not fetch. A 5xx says nothing of the block: a
// peer that is overloaded, or whose store fails for a moment, is asked again later, and nothing is called lost for it.
const NOT_THERE = new Set([404, 410, 412]);
const SHA2_256 = 0x12;

function isBlockOf(cid: string, bytes: Uint8Array): boolean {
  const {multihash} = CID.parse(cid);
  return multihash.code === SHA2_256 && createHash('sha256').update(bytes).digest().equals(multihash.digest);
}
