import {parseGenesis} from './check-genesis.js';
import type {EnsureOptions} from './ensure-options.js';
import type {Plan} from './plan.js';

/** Between the genesis and the first start of a validator. */
const FIRST_START_SECONDS = 3_600;
/** So long after the time of its genesis a consortium may still be on its way to its first block. */
const BEGINNING_SECONDS = 7 * 86_400;

/**
 * Until when (Unix seconds) a volume without a record of what its validator signed counts as its first; undefined: the
 * keys may have signed. A chain of this release's own begins now. A given one may have begun: there the public part of
 * the keys must have waited before the genesis was made, not long ago, and the word is given once: a ConfigMap that is
 * only ever created keeps it, so that neither a lost genesis nor a run that was cut short brings a second one.
 */
export async function unsignedUntil(
  plan: Plan,
  genesis: string,
  {store, now, say}: EnsureOptions,
): Promise<number | undefined> {
  const nowSeconds = Math.floor(now().getTime() / 1_000);
  const until = nowSeconds + FIRST_START_SECONDS;
  if (plan.mode === 'local') return until;
  const waiting = Number((await store.read('configmap', `${plan.configMap}-public`))?.['waiting-since'] ?? Infinity);
  const begins = timeOf(genesis);
  if (waiting <= begins && nowSeconds <= begins + BEGINNING_SECONDS) {
    const chainId = parseGenesis(genesis).chainId;
    const word = await store.create('configmap', `${plan.configMap}-first-start`, {
      'chain-id': chainId,
      until: String(until),
    });
    if (word['chain-id'] === chainId) return Number(word['until']);
  }
  say(
    'the keys may have signed on this chain: a volume without a record of it needs validators.signedUpTo (0: they never signed)',
  );
  return undefined;
}

function timeOf(genesis: string): number {
  const {genesis_time: time} = JSON.parse(genesis) as {genesis_time: string};
  return Date.parse(time) / 1_000;
}
