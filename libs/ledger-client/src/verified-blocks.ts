import {DomainError} from '@vitalvault/errors';
import {blockFault, verifySignedHeader} from '@vitalvault/light-client';
import type {ChainTrust, LightBlockVerdict} from '@vitalvault/light-client';
import type {BlockSource} from './block-follower.js';
import {BlocksAhead} from './blocks-ahead.js';
import type {LedgerClient} from './ledger-client.js';
import type {LedgerBlock} from './ledger-reader.js';
import {EndpointError} from './rpc-endpoint.js';

type Source = Pick<
  LedgerClient,
  | 'blockIfThere'
  | 'currentUrl'
  | 'demoteLaggards'
  | 'answeredBy'
  | 'lightBlock'
  | 'waitForHeader'
  | 'headersOf'
  | 'demote'
  | 'passOver'
  | 'inTurn'
>;

/** A header as a node gave it, and what our trust says of it. */
interface GivenHeader {
  readonly height: bigint;
  readonly url: string;
  readonly verdict: LightBlockVerdict;
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
  const ahead = new BlocksAhead(() => client.inTurn());
  // The next header of a block is the own one of its successor: looked at once.
  let kept: GivenHeader | undefined;
  // Who said last that a block is not there yet; that block, should it be the header after another one.
  let without: {readonly height: bigint; readonly url: string; readonly before?: GivenBlock} | undefined;
  const given = (height: bigint, text: string, url: string): GivenHeader => ({
    height,
    url,
    verdict: verifySignedHeader(text, trust, 'any-time'),
  });
  const header = async (height: bigint, ask: () => Promise<string>): Promise<GivenHeader> => {
    if (kept?.height === height) return kept;
    const fetched = await ahead.at(height);
    if (fetched !== undefined) return given(height, fetched.header, fetched.url);
    const text = await ask();
    return given(height, text, client.answeredBy);
  };
  const asked = async (height: bigint, more: boolean): Promise<Partial<Pick<GivenBlock, 'block'>> & {url: string}> => {
    if (!more) ahead.forget();
    const fetched = more ? await ahead.from(height) : undefined;
    if (fetched !== undefined) return fetched;
    const block = await client.blockIfThere(height);
    return {...(block === undefined ? {} : {block}), url: client.answeredBy};
  };
  const verified = async (block: LedgerBlock, url: string): Promise<LedgerBlock | undefined> => {
    const {height} = block;
    const own = await header(height, () => client.lightBlock(height));
    const whole = {block, url, own};
    const nextIn = (waitMs: number): Promise<GivenHeader | undefined> =>
      header(height + 1n, () => client.waitForHeader(height + 1n, waitMs)).catch(unlessNotYet);
    let next = block.txs.length === 0 ? undefined : await nextIn(0);
    // What its own header speaks for is judged before the next one is waited for, which a forger would keep back.
    if (next === undefined) mustBeOwn(whole, undefined);
    if (block.txs.length === 0) return withHash(whole);
    next ??= await nextIn(NEXT_HEADER_MS);
    if (next === undefined) {
      without = {height: height + 1n, url: client.answeredBy, before: whole};
      return undefined;
    }
    mustBeOwn(whole, next);
    kept = next;
    return withHash(whole);
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
      const shown = (await client.headersOf(height)).map((text) => given(height, text, url)).find(isOfItsHeight);
      if (shown === undefined) return;
      const lie = before && lieIn(before, shown);
      if (lie === undefined) client.passOver(url, `it gives no block ${height}, though there is one`);
      else client.demote(lie.url, lie.message);
    },
    async blockIfThere(height, more = false) {
      try {
        const {block, url} = await asked(height, more);
        without = block === undefined ? {height, url} : undefined;
        return block === undefined ? undefined : await verified(block, url);
      } catch (error) {
        ahead.forget();
        if (isOfTheNode(error)) client.demote(error instanceof Lie ? error.url : client.answeredBy, error.message);
        throw error instanceof Lie
          ? new DomainError('not-verified', {detail: `${error.message}.`, meta: {reason: error.fault}})
          : error;
      }
    },
  };
}

/** The block with the hash of its header, whatever the node says that is. */
const withHash = ({block, own: {verdict}}: GivenBlock): LedgerBlock =>
  verdict.ok ? {...block, hash: verdict.header.hash} : block;

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

const isOfItsHeight = ({height, verdict}: GivenHeader): boolean => verdict.ok && verdict.header.height === height;

/** @param next without it, the results of transactions are not judged */
function lieIn({block, url, own}: GivenBlock, next: GivenHeader | undefined): Lie | undefined {
  const fault = blockFault(block, {own: own.verdict, ...(next === undefined ? {} : {next: next.verdict})});
  if (fault === undefined) return undefined;
  if (next === undefined && block.txs.length > 0 && fault === 'wrong-results') return undefined;
  const forged = [own, next].find((one) => one !== undefined && !isOfItsHeight(one));
  return new Lie(forged?.url ?? url, `block ${block.height}: ${fault}`, fault);
}

function mustBeOwn(block: GivenBlock, next: GivenHeader | undefined): void {
  const lie = lieIn(block, next);
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
