import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import {askForProof} from './ask-for-proof.js';
import type {NoProof, Told} from './ask-for-proof.js';
import type {LedgerNode} from './ledger-client.js';
import type {VerifiedProofs, VerifiedProofsOptions} from './proof-question.js';
import {ProofRound} from './proof-round.js';

const PAUSE_MS = 100;
const FEW_BLOCKS = 2n;
/** Of several reasons for no proof, the one that says most. */
const FIRST_TOLD: readonly NoProof['kind'][] = ['behind', 'stale', 'wrong', 'refused', 'silent'];

/**
 * Asks the ledger and believes nothing but what verifies from the genesis on. Whatever is wrong with a node's answer,
 * the next one is asked in the same call; who is proven wrong by that, or keeps the answer back, is left. Only a
 * question that nodes refuse, or do not survive, is not brought to all of them: then it may be the question.
 * @throws DomainError('not-verified') with meta {reason} when no node's answer verifies; 'behind' when the block of
 *   `atLeast` does not come in time; 'invalid-field' when more nodes refuse the question than may lie;
 *   'ledger-unavailable'
 */
export async function verifiedProofs(options: VerifiedProofsOptions): Promise<VerifiedProofs> {
  const {client, timeoutMs = 15_000} = options;
  const until = performance.now() + timeoutMs;
  const wrong = new Set<string>();
  let before: NoProof | undefined;
  for (;;) {
    const nodes = client.inTurn();
    // Who was proven wrong in this call is not asked in it again.
    const asked = nodes.filter(({url}) => !wrong.has(url));
    const ask = (node: LedgerNode): Promise<Told> => askForProof(node, {...options, until});
    const {proof, others} = await new ProofRound(asked, {nodes: nodes.length, ask, until}).run();
    for (const one of others) if (isLeft(one, proof)) client.demote(one.url, reasonOf(one));
    if (proof !== undefined) return proof;
    for (const {url} of others.filter(({kind}) => kind === 'wrong')) wrong.add(url);
    before = bestOf(others) ?? before;
    if (!mayPass(others) || performance.now() + PAUSE_MS > until) throw errorOf(before);
    await sleep(PAUSE_MS);
  }
}

const errorOf = (best: NoProof | undefined): DomainError => best?.error ?? new DomainError('ledger-unavailable');

/** What another has shown is what these could have shown; an honest node may have a block or two to go. */
function isLeft({kind, height = 0n}: NoProof, proof: VerifiedProofs | undefined): boolean {
  if (kind === 'wrong') return true;
  if (proof === undefined || kind === 'silent') return false;
  return kind !== 'behind' || proof.header.height > height + FEW_BLOCKS;
}

function reasonOf({kind, error}: NoProof): string {
  return kind === 'wrong'
    ? `its answer does not verify: ${String(error.meta['reason'])}`
    : `another node proves the answer, and it is ${kind}`;
}

/** What is worth waiting for: a block that a node has not got yet, or a node that did not get the question. */
function mayPass(told: readonly NoProof[]): boolean {
  return told.some(({kind}) => kind === 'behind') || told.every(({kind, sent}) => kind === 'silent' && sent === false);
}

/** Undefined when nobody has said anything yet. */
function bestOf(told: readonly NoProof[]): NoProof | undefined {
  return FIRST_TOLD.map((wanted) => told.findLast(({kind}) => kind === wanted)).find((one) => one !== undefined);
}
