import {DomainError} from '@vitalvault/errors';
import {withSpan} from '@vitalvault/process';
import {setTimeout as sleep} from 'node:timers/promises';
import {AddedSchema, MetricsSchema, PeerSchema, PinInfoSchema} from './cluster-schemas.js';

/**
 * Status of a pin by peer, in the API's own words: `pinned`, `pinning`, `pin_queued`, `pin_error`, `remote`,
 * `unpinned`, …
 */
export interface PinStatus {
  readonly peers: Readonly<Record<string, string>>;
}

export interface AddOptions {
  readonly replicationMin: number;
  readonly replicationMax: number;
  readonly name: string;
  /** Peers that are to have it; left out: the cluster chooses. */
  readonly peers?: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: {readonly type: string; readonly bytes: Uint8Array<ArrayBuffer>};
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 5_000;
const ADD_TIMEOUT_MS = 20_000;
const ADD_BESIDE_MS = 3_000;
const FIRST_POLL_MS = 50;
const MAX_POLL_MS = 400;

/** IPFS Cluster's REST API in its own terms. Peers are tried in turn: the cluster is one, whichever answers. */
export class IpfsClusterClient {
  readonly #urls: readonly string[];
  #preferred = 0;

  constructor(options: {urls: readonly string[]}) {
    if (options.urls.length === 0) throw new Error('no IPFS Cluster URL');
    this.#urls = options.urls;
  }

  /**
   * POST /add?format=car. Added is not pinned: see waitPinned. Beside a peer that hangs another is soon asked: the same
   * CAR is the same pin, whoever adds it.
   * @returns CID of the root
   */
  async addCar(car: Uint8Array, options: AddOptions): Promise<{root: string}> {
    const query = new URLSearchParams({
      format: 'car',
      'stream-channels': 'false',
      name: options.name,
      'replication-min': String(options.replicationMin),
      'replication-max': String(options.replicationMax),
      ...(options.peers === undefined ? {} : {'user-allocations': options.peers.join(',')}),
    });
    return this.#span('add', {'vitalvault.bytes': car.length}, async () => {
      const body = await multipartOf(car);
      const answer = await this.#callBeside({
        method: 'POST',
        path: `/add?${query.toString()}`,
        timeoutMs: ADD_TIMEOUT_MS,
        signal: options.signal,
        body,
      });
      const root = AddedSchema.parse(JSON.parse(answer)).at(-1)?.cid;
      if (root === undefined) throw new DomainError('ipfs-unavailable', {detail: 'nothing was added'});
      return {root};
    });
  }

  /** GET /pins/{cid} */
  async status(cid: string, signal?: AbortSignal): Promise<PinStatus> {
    const text = await this.#call({method: 'GET', path: `/pins/${cid}?local=false`, signal});
    const info = PinInfoSchema.parse(JSON.parse(text));
    return {peers: Object.fromEntries(Object.entries(info.peer_map).map(([peer, {status}]) => [peer, status]))};
  }

  /**
   * Waits until at least `min` peers say pinned.
   * @param signal ends it
   * @returns how many do
   * @throws DomainError ipfs-unavailable when that takes longer than `timeoutMs`
   */
  async waitPinned(cid: string, min: number, timeoutMs: number, signal?: AbortSignal): Promise<number> {
    return this.#span('wait_pinned', {'vitalvault.replicas_wanted': min}, async () => {
      const deadline = Date.now() + timeoutMs;
      for (let delay = FIRST_POLL_MS; ; delay = Math.min(MAX_POLL_MS, delay * 2)) {
        const found = await this.status(cid, signal).catch(() => undefined);
        const pinned = Object.values(found?.peers ?? {}).filter((status) => status === 'pinned').length;
        if (pinned >= min) return pinned;
        if (Date.now() + delay > deadline)
          throw new DomainError('ipfs-unavailable', {
            detail: `pinned on ${String(pinned)} of ${String(min)} peers in time`,
            meta: {replicas: pinned},
          });
        await sleep(delay, undefined, {signal});
      }
    });
  }

  /** DELETE /pins/{cid}; a pin that is not there is none. */
  async unpin(cid: string, signal?: AbortSignal): Promise<void> {
    await this.#call({method: 'DELETE', path: `/pins/${cid}`, signal}).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.meta['status'] !== 404) throw error;
    });
  }

  /** POST /pins/{cid}/recover: peers whose pin failed try again. */
  async recover(cid: string): Promise<void> {
    await this.#call({method: 'POST', path: `/pins/${cid}/recover?local=false`});
  }

  /** GET /peers */
  async peers(): Promise<{id: string; name: string; reachable: boolean}[]> {
    const lines = (await this.#call({method: 'GET', path: '/peers'})).split('\n').filter((line) => line.trim() !== '');
    const entries = lines.flatMap((line) => JSON.parse(line) as unknown);
    return entries
      .map((entry) => PeerSchema.parse(entry))
      .map((peer) => ({id: peer.id, name: peer.peername ?? '', reachable: (peer.error ?? '') === ''}));
  }

  /**
   * GET /monitor/metrics/freespace: bytes below StorageMax by peer. A peer without any, or whose metric is old, is
   * given no pin: it counts 0 or is not there.
   */
  async freeSpace(): Promise<ReadonlyMap<string, number>> {
    const text = await this.#call({method: 'GET', path: '/monitor/metrics/freespace', timeoutMs: 2_000});
    const metrics = MetricsSchema.parse(JSON.parse(text) ?? []);
    return new Map(metrics.map(({peer, value, valid}) => [peer, valid ? Number(value) : 0]));
  }

  async #call(call: Call): Promise<string> {
    let failure: unknown;
    for (let attempt = 0; attempt < this.#urls.length; attempt++) {
      const index = (this.#preferred + attempt) % this.#urls.length;
      try {
        const text = await once(this.#urls[index] ?? '', call);
        this.#preferred = index;
        return text;
      } catch (error) {
        failure = error;
        if (call.signal?.aborted === true) break;
      }
    }
    throw failure instanceof DomainError ? failure : new DomainError('ipfs-unavailable', {cause: failure});
  }

  // The first answer counts, and ends what was asked beside it.
  async #callBeside(call: Call): Promise<string> {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, ...(call.signal === undefined ? [] : [call.signal])]);
    const asked: Promise<string>[] = [];
    const state = {answered: false};
    let failure: unknown;
    try {
      for (
        let attempt = 0;
        attempt < this.#urls.length && !state.answered && call.signal?.aborted !== true;
        attempt++
      ) {
        const index = (this.#preferred + attempt) % this.#urls.length;
        const own = once(this.#urls[index] ?? '', {...call, signal});
        asked.push(own);
        const ended = own.then(
          () => {
            state.answered = true;
            this.#preferred = index;
          },
          (error: unknown) => (failure = error),
        );
        const late = sleep(ADD_BESIDE_MS, undefined, {signal: done.signal}).catch(() => undefined);
        await Promise.race([ended, Promise.any(asked).catch(() => undefined), late]);
      }
      return await Promise.any(asked);
    } catch {
      throw failure instanceof DomainError ? failure : new DomainError('ipfs-unavailable', {cause: failure});
    } finally {
      done.abort();
    }
  }

  #span<T>(name: string, attributes: Record<`vitalvault.${string}`, number>, run: () => Promise<T>): Promise<T> {
    return withSpan(`ipfs.${name}`, {kind: 'client', attributes}, async () => {
      try {
        return await run();
      } catch (cause) {
        throw cause instanceof DomainError ? cause : new DomainError('ipfs-unavailable', {cause});
      }
    });
  }
}

// In one piece: fetch throws into nobody's hands when it is ended while it makes a form's body piece by piece.
async function multipartOf(car: Uint8Array): Promise<NonNullable<Call['body']>> {
  const form = new FormData();
  form.append('file', new Blob([car as Uint8Array<ArrayBuffer>]), 'pack.car');
  const encoded = new Response(form);
  return {type: encoded.headers.get('content-type') ?? '', bytes: new Uint8Array(await encoded.arrayBuffer())};
}

async function once(url: string, {method, path, body, timeoutMs, signal}: Call): Promise<string> {
  const late = AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS);
  const response = await fetch(new URL(path, url), {
    method,
    redirect: 'error',
    signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    ...(body === undefined ? {} : {body: body.bytes, headers: {'content-type': body.type}}),
  });
  const text = await response.text();
  if (!response.ok)
    throw new DomainError('ipfs-unavailable', {meta: {status: response.status}, cause: new Error(text.slice(0, 200))});
  return text;
}
