import {DomainError} from '@vitalvault/errors';
import {withSpan} from '@vitalvault/nest-service/process';
import {readBounded} from './bounded-body.js';

/** Reads raw blocks from one kubo peer through its trustless gateway. The bytes are as the peer gives them: the caller compares the hash. */
export class KuboClient {
  /** @param options.index place in the list of peers, for logs and spans */
  constructor(private readonly options: {gatewayUrl: string; index: number}) {}

  get index(): number {
    return this.options.index;
  }

  /**
   * Bytes that this peer has under `cid`; undefined: it has none.
   * @throws DomainError ipfs-unavailable when it does not answer in time or answers nonsense
   */
  async blockGet(cid: string, limits: {timeoutMs: number; maxBytes: number}): Promise<Uint8Array | undefined> {
    return withSpan('ipfs block get', {kind: 'client', attributes: {'vitalvault.ipfs_peer': this.options.index, 'server.address': new URL(this.options.gatewayUrl).host}}, async (span) => {
      try {
        const response = await fetch(new URL(`/ipfs/${cid}?format=raw`, this.options.gatewayUrl), {
          headers: {accept: 'application/vnd.ipld.raw'}, redirect: 'error', signal: AbortSignal.timeout(limits.timeoutMs),
        });
        span.setAttribute('http.response.status_code', response.status);
        if (response.status === 200) return await readBounded(response, limits.maxBytes);
        await response.body?.cancel();
        if (NOT_THERE.has(response.status)) return undefined;
        throw new DomainError('ipfs-unavailable', {meta: {status: response.status}});
      } catch (cause) {
        throw cause instanceof DomainError ? cause : new DomainError('ipfs-unavailable', {cause});
      }
    });
  }
}

// What kubo's gateway answers for a block that it does not have and may not fetch.
const NOT_THERE = new Set([404, 410, 412, 500, 504]);
