import {CODE, codeName, sha256Of, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {checkTxRequest, checkedBy} from './check-tx.js';
import type {Checked} from './check-tx.js';
import type {Failover} from './failover.js';
import {mostRefused} from './most-refused.js';
import type {RefusedAlone} from './refused-alone.js';
import type {SentBefore} from './sent-before.js';
import {txIdOf} from './tx-id.js';

export interface Broadcast {
  /** CometBFT's name for the bytes: SHA-256, hex. */
  readonly txHash: string;
  /** Our transaction id, hex: what receipts, tokens and look-ups go by. */
  readonly txId: string;
}

export interface BroadcastMemory {
  readonly sent: SentBefore;
  readonly alone: RefusedAlone;
}

type Refused = Extract<Checked, {kind: 'refused'}>;

/**
 * Sends `tx` with broadcast_tx_sync to one node after the other until one takes it, or so many refuse it that an honest
 * one does. What a node says of a transaction is no proof: neither that others would refuse it too, nor that it passes
 * it on. So the same bytes again go to the next node, which is harmless, because they are one transaction.
 */
export async function broadcastThrough(
  rpc: Failover,
  {sent, alone}: BroadcastMemory,
  tx: Uint8Array,
): Promise<Broadcast> {
  const txId = txIdOf(tx);
  if (txId === undefined) throw refusedWith({code: CODE.undecodable});
  const names: Broadcast = {txHash: toHex(sha256Of(tx)), txId};
  const nodes = rpc.endpoints.length;
  const told: Checked[] = [];
  while (told.length < nodes && !isRefused(told, nodes)) {
    const one = await next(rpc, tx, {told, after: sent.count(names.txHash)});
    if (one.kind === 'unable' && one.why !== undefined) rpc.demote(one.url, one.why);
    if (one.kind === 'taken') {
      if (!one.known) contradict(rpc, alone, told);
      alone.took(one.url);
      return names;
    }
    told.push(one);
  }
  const unable = told.find(({kind}) => kind === 'unable');
  if (unable?.kind === 'unable' && !isRefused(told, nodes)) throw unable.error;
  throw refusedWith(mostSaid(refusals(told)) as Refused);
}

async function next(
  rpc: Failover,
  tx: Uint8Array,
  {told, after}: {told: readonly Checked[]; after: number},
): Promise<Checked> {
  return checkedBy(await rpc.ask(checkTxRequest(tx), {after, except: new Set(told.map(({url}) => url))}));
}

/** Another has taken what these refuse. */
function contradict(rpc: Failover, alone: RefusedAlone, told: readonly Checked[]): void {
  for (const {url, code} of refusals(told))
    if (alone.isLie(url, code)) rpc.demote(url, `refuses with ${codeName(code)} what another takes`);
}

const refusals = (told: readonly Checked[]): Refused[] => told.filter((one) => one.kind === 'refused');

/** With one and the same code, so that the code too is what an honest node says. */
const isRefused = (told: readonly Checked[], nodes: number): boolean => {
  const {code} = mostSaid(refusals(told)) ?? {};
  return refusals(told).filter((one) => one.code === code).length >= mostRefused(nodes);
};

/** One of those with the code that most say; the first of as many. */
function mostSaid(told: readonly Refused[]): Refused | undefined {
  const times = ({code}: Refused): number => told.filter((one) => one.code === code).length;
  return told.reduce<Refused | undefined>(
    (most, one) => (most === undefined || times(one) > times(most) ? one : most),
    undefined,
  );
}

function refusedWith({code, field}: {code: number; field?: string | undefined}): DomainError {
  const named = field === undefined ? codeName(code) : `${codeName(code)}: ${field}`;
  return new DomainError('tx-refused', {
    detail: `Code ${code}, ${named}.`,
    meta: {code, codeName: codeName(code), ...(field === undefined ? {} : {field})},
  });
}
