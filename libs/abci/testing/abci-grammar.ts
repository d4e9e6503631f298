import type {AbciCall} from '../src/abci-call.js';

type Phase = 'away' | 'connected' | 'greeted' | 'begun' | 'offered' | 'applied' | 'restored' | 'height' | 'decided';
type Moves = Readonly<Record<string, Phase>>;

/** In any round a proposal may be prepared, judged, both or neither, so that a height is any row of the two. */
const HEIGHT: Moves = {prepareProposal: 'height', processProposal: 'height', finalizeBlock: 'decided'};
const RESTORING: Moves = {offerSnapshot: 'offered', applySnapshotChunk: 'applied'};
const START: Moves = {info: 'greeted', initChain: 'begun'};

/**
 * The grammar as the moves that each phase allows; what is not here is a breach. CometBFT 0.38 greets with Info at
 * every start, before InitChain too. Vote extensions are off: no phase has them.
 * @spec CometBFT 0.38 spec/abci/abci++_comet_expected_behavior.md, "Valid method call sequences"
 */
const GRAMMAR: Readonly<Record<Phase, Moves>> = {
  away: {},
  connected: START,
  greeted: {...START, ...HEIGHT},
  begun: {offerSnapshot: 'offered', ...HEIGHT},
  offered: RESTORING,
  applied: {...RESTORING, info: 'restored'},
  restored: HEIGHT,
  height: HEIGHT,
  decided: {commit: 'height'},
};
/** These change nothing, and stand outside of the grammar. Info does as well, where it has no place of its own. */
const ANYWHERE: ReadonlySet<string> = new Set(['info', 'listSnapshots', 'loadSnapshotChunk']);

/**
 * Reads one validator's calls from its first start on, over every crash of it or of CometBFT, which may fall between
 * any two calls.
 * @returns what breaks the grammar, in order; empty: nothing does
 */
export function grammarBreaches(calls: readonly AbciCall[]): string[] {
  const reader = new GrammarReader();
  return calls.flatMap((call, i) => reader.read(call).map((why) => `call ${i}, ${describe(call)}: ${why}`));
}

const describe = ({method, height}: AbciCall): string => (height === undefined ? method : `${method} of ${height}`);

class GrammarReader {
  private phase: Phase = 'away';
  /** Height that this start works at; undefined until a call names it. */
  private height: bigint | undefined;
  private committed: bigint | undefined;
  /** The last Commit was the last call before a crash: it may have been lost. */
  private unsure = false;
  private lastWasCommit = false;

  read(call: AbciCall): string[] {
    const {method} = call;
    if (method === 'connected') {
      this.unsure = this.lastWasCommit;
      [this.phase, this.height] = ['connected', undefined];
      return [];
    }
    this.lastWasCommit = method === 'commit';
    const next = GRAMMAR[this.phase][method];
    if (next === undefined) return ANYWHERE.has(method) && this.phase !== 'away' ? [] : [`not after ${this.phase}`];
    const wrong = this.wrongHeight(call, next);
    this.phase = next;
    return wrong;
  }

  private wrongHeight({method, height}: AbciCall, next: Phase): string[] {
    if (method === 'initChain' && this.committed !== undefined && !this.unsure)
      return [`block ${this.committed} is committed`];
    if (method === 'commit') {
      [this.committed, this.height] = [this.height, this.height === undefined ? undefined : this.height + 1n];
      return [];
    }
    if (next !== 'height' && next !== 'decided') return [];
    if (height === undefined) return ['it names no height'];
    const expected = this.expected();
    this.height = height;
    return expected === undefined || expected.includes(height) ? [] : [`height ${expected.join(' or ')} is next`];
  }

  private expected(): readonly bigint[] | undefined {
    if (this.height !== undefined) return [this.height];
    if (this.committed === undefined || this.phase === 'restored') return undefined;
    return this.unsure ? [this.committed, this.committed + 1n] : [this.committed + 1n];
  }
}
