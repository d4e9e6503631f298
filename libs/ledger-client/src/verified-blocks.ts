import {DomainError} from '@vitalvault/errors';
import {verifyBlock} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';
import type {BlockSource} from './block-follower.js';
import {isHeaderOf} from './is-header-of.js';
import type {LedgerClient} from './ledger-client.js';
import type {LedgerBlock} from './ledger-reader.js';
import {EndpointError} from './rpc-endpoint.js';

type Source = BlockSource &
  Pick<LedgerClient, 'answeredBy' | 'lightBlock' | 'waitForHeader' | 'headersOf' | 'demote' | 'passOver'>;

/** A header as a node gave it. */
interface GivenHeader {
  readonly height: bigint;
  readonly text: string;
  readonly url: string;
}

/** A block as a node gave it, with its own header. */
interface GivenBlock {
  readonly block: LedgerBlock;
  readonly url: string;
  readonly own: GivenHeader;
}

const NEXT_HEADER_MS = 15_000;

/**
 * Blocks for a follower, each verified from the genesis on: its transactions by its own header, their results by the
 * next one. No node is believed, the own validator neither; one that lies, withholds or answers nonsense is left for
 * the next. A block with transactions is there when the next header is.
 * @param client of this follower alone: the node to blame is the one that answered it last
 */
export function verifiedBlocks(client: Source, trust: ChainTrust): BlockSource {
  // The next header of a block is the own one of its successor.
  let kept: GivenHeader | undefined;
  // Who said last that a block is not there yet; that block, should it be the header after another one.
  let without: {readonly height: bigint; readonly url: string; readonly before?: GivenBlock} | undefined;
  const header = async (height: bigint, ask: () => Promise<string>): Promise<GivenHeader> =>
    kept?.height === height ? kept : {height, text: await ask(), url: client.answeredBy};
  const verified = async (block: LedgerBlock): Promise<LedgerBlock | undefined> => {
    const {height} = block;
    const url = client.answeredBy;
    const own = await header(height, () => client.lightBlock(height));
    const given = {block, url, own};
    const nextIn = (waitMs: number): Promise<GivenHeader | undefined> =>
      header(height + 1n, () => client.waitForHeader(height + 1n, waitMs)).catch(unlessNotYet);
    let next = block.txs.length === 0 ? undefined : await nextIn(0);
    // What its own header speaks for is judged before the next one is waited for, which a forger would keep back.
    if (next === undefined) mustBeOwn(given, undefined, trust);
    if (block.txs.length === 0) return block;
    next ??= await nextIn(NEXT_HEADER_MS);
    if (next === undefined) {
      without = {height: height + 1n, url: client.answeredBy, before: given};
      return undefined;
    }
    mustBeOwn(given, next, trust);
    kept = next;
    return block;
  };
  return {
    get currentUrl() {
      return client.currentUrl;
    },
    // What nodes say of heights is not believed: who boasts would put the others behind. A header of the block is
    // proof.
    async demoteLaggards() {
      if (without === undefined) return;
      const {height, url, before} = without;
      const text = (await client.headersOf(height)).find((one) => isHeaderOf(height, one, trust));
      if (text === undefined) return;
      const lie = before && lieIn(before, {height, text, url}, trust);
      if (lie === undefined) client.passOver(url, `it gives no block ${height}, though there is one`);
      else client.demote(lie.url, lie.message);
    },
    async blockIfThere(height) {
      try {
        const block = await client.blockIfThere(height);
        without = block === undefined ? {height, url: client.answeredBy} : undefined;
        return block === undefined ? undefined : await verified(block);
      } catch (error) {
        if (isOfTheNode(error)) client.demote(error instanceof Lie ? error.url : client.answeredBy, error.message);
        throw error instanceof Lie
          ? new DomainError('not-verified', {detail: `${error.message}.`, meta: {reason: error.fault}})
          : error;
      }
    },
  };
}

/** Who gave what does not verify. */
class Lie extends Error {
  constructor(
    readonly url: string,
    message: string,
    readonly fault: string,
  ) {
    super(message);
  }
}

/** @param next without it, the results of transactions are not judged */
function lieIn({block, url, own}: GivenBlock, next: GivenHeader | undefined, trust: ChainTrust): Lie | undefined {
  const fault = verifyBlock(block, {own: own.text, ...(next === undefined ? {} : {next: next.text})}, trust);
  if (fault === undefined) return undefined;
  if (next === undefined && block.txs.length > 0 && fault === 'wrong-results') return undefined;
  const forged = [own, next].find((given) => given !== undefined && !isHeaderOf(given.height, given.text, trust));
  return new Lie(forged?.url ?? url, `block ${block.height}: ${fault}`, fault);
}

function mustBeOwn(given: GivenBlock, next: GivenHeader | undefined, trust: ChainTrust): void {
  const lie = lieIn(given, next, trust);
  if (lie !== undefined) throw lie;
}

// Blocks may be slow; whether one is withheld, another node's header shows.
function unlessNotYet(error: unknown): undefined {
  if (!(error instanceof DomainError) || error.code !== 'ledger-unavailable' || error.cause !== undefined) throw error;
}

// Not when nobody answers, nor when we stop.
function isOfTheNode(error: unknown): error is Error {
  if (error instanceof Lie) return true;
  return error instanceof DomainError && error.code !== 'shutting-down' && !(error.cause instanceof EndpointError);
}
