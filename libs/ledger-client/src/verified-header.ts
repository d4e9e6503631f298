import {DomainError} from '@vitalvault/errors';
import {verifySignedHeader} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';
import type {LedgerClient, LedgerNode} from './ledger-client.js';
import {MOST_UNANSWERED} from './most-unanswered.js';
import {EndpointError} from './rpc-endpoint.js';

export interface VerifiedHeaderOptions {
  readonly client: Pick<LedgerClient, 'demote'> & {inTurn(): readonly Pick<LedgerNode, 'url' | 'lightBlock'>[]};
  /** From the genesis. */
  readonly trust: ChainTrust;
  /** Which; the newest may not be older than `atLeast`. */
  readonly height: bigint | {readonly atLeast: bigint};
}

/**
 * A header that the validators of the genesis signed, of whatever time: asked of one node after the other. Who shows
 * one that does not verify is left.
 * @returns JSON text of its `signed_header`
 * @throws DomainError('not-found') when nobody shows it, and one says that it is not there; 'ledger-unavailable'
 */
export async function verifiedHeader(options: VerifiedHeaderOptions): Promise<string> {
  const {client} = options;
  const failures: DomainError[] = [];
  for (const node of client.inTurn()) {
    const shown = await shownBy(node, options);
    if (shown === 'wrong') client.demote(node.url, 'its header does not verify');
    if (typeof shown === 'string') continue;
    if ('text' in shown) return shown.text;
    failures.push(shown.error);
    if (failures.filter(isUnanswered).length === MOST_UNANSWERED) break;
  }
  throw (
    failures.find(({code}) => code === 'not-found') ??
    new DomainError('ledger-unavailable', {
      detail: 'No validator shows a header that verifies.',
      cause: failures.at(-1),
    })
  );
}

const isUnanswered = ({cause}: DomainError): boolean => cause instanceof EndpointError && cause.sent;

/** The header; why there is none; or that it is not what was asked for. */
async function shownBy(
  node: Pick<LedgerNode, 'lightBlock'>,
  {trust, height}: VerifiedHeaderOptions,
): Promise<{text: string} | {error: DomainError} | 'wrong' | 'old'> {
  const given = typeof height === 'bigint' ? height : undefined;
  try {
    const text = await node.lightBlock(given);
    const verdict = verifySignedHeader(text, trust, 'any-time');
    if (!verdict.ok || (given !== undefined && verdict.header.height !== given)) return 'wrong';
    // An honest node may be that.
    if (typeof height !== 'bigint' && verdict.header.height < height.atLeast) return 'old';
    return {text};
  } catch (error) {
    if (!(error instanceof DomainError)) return 'wrong';
    if (error.code === 'shutting-down') throw error;
    return {error};
  }
}
