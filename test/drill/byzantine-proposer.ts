import {ProposalStatus} from '@vitalvault/abci';
import type {AbciApplication} from '@vitalvault/abci';
import {setTimeout as delay} from 'node:timers/promises';
import type {Attack, Material} from './attacks.js';
import type {Alteration} from './validator.js';

/** Longer than the others wait for a proposal. */
const SILENCE_MS = 6_000;

export interface Tried {
  readonly attack: Attack;
  readonly height: bigint;
  readonly txs: readonly Uint8Array[];
}

/**
 * A proposer that makes each attack once, in its order, then proposes nothing but silence, then is honest. It votes for
 * its own proposals and against everybody else's until then.
 */
export class ByzantineProposer {
  readonly tried: Tried[] = [];
  silences = 0;
  private readonly waiting: Attack[];

  constructor(
    attacks: readonly Attack[],
    private readonly material: () => Omit<Material, 'pool'>,
    private readonly mostSilences = 2,
  ) {
    this.waiting = [...attacks];
  }

  get done(): boolean {
    return this.waiting.length === 0 && this.silences === this.mostSilences;
  }

  readonly alteration: Alteration = (honest) => ({
    prepareProposal: async (request) => {
      const next = this.nextFor({...this.material(), pool: request.txs.map((tx) => tx.slice())});
      if (next !== undefined) {
        this.tried.push({...next, height: request.height});
        return {txs: [...next.txs]};
      }
      if (this.waiting.length === 0 && this.silences < this.mostSilences) {
        this.silences++;
        await delay(SILENCE_MS);
      }
      return honest.prepareProposal(request);
    },
    processProposal: (request) => this.vote(honest, request),
  });

  private vote(honest: AbciApplication, request: Parameters<AbciApplication['processProposal']>[0]) {
    if (this.done) return honest.processProposal(request);
    const ours = this.tried.some(({height, txs}) => height === request.height && txs.length === request.txs.length);
    return {status: ours ? ProposalStatus.ACCEPT : ProposalStatus.REJECT};
  }

  // One that has nothing to be done with yet waits behind the others.
  private nextFor(material: Material): {attack: Attack; txs: readonly Uint8Array[]} | undefined {
    for (const [i, attack] of this.waiting.entries()) {
      const txs = attack.propose(material);
      if (txs === undefined) continue;
      this.waiting.splice(i, 1);
      return {attack, txs};
    }
    return undefined;
  }
}
