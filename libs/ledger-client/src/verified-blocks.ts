import {DomainError} from '@vitalvault/errors';
import {verifyBlock, verifySignedHeader} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';
import type {BlockSource} from './block-follower.js';
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
  // Who said last that a block is not there yet.
  let without: {readonly height: bigint; readonly url: string} | undefined;
  const header = async (height: bigint, ask: () => Promise<string>): Promise<GivenHeader> =>
    kept?.height === height ? kept : {height, text: await ask(), url: client.answeredBy};
  const verified = async (block: LedgerBlock): Promise<LedgerBlock | undefined> => {
    const {height} = block;
    const url = client.answeredBy;
    const own = await header(height, () => client.lightBlock(height));
    const next =
      block.txs.length === 0
        ? undefined
        : await header(height + 1n, () => client.waitForHeader(height + 1n, NEXT_HEADER_MS)).catch(unlessNotYet);
    if (next === undefined && block.txs.length > 0) {
      without = {height: height + 1n, url: client.answeredBy};
      return undefined;
    }
    const fault = verifyBlock(block, {own: own.text, ...(next === undefined ? {} : {next: next.text})}, trust);
    kept = fault === undefined ? next : undefined;
    if (fault === undefined) return block;
    const forged = [own, next].find((given) => given !== undefined && !holds(given, trust));
    throw new Lie(forged?.url ?? url, `block ${height}: ${fault}`, fault);
  };
  return {
    get currentUrl() {
      return client.currentUrl;
    },
    // What nodes say of heights is not believed: who boasts would put the others behind. A header of the block is
    // proof.
    async demoteLaggards() {
      if (without === undefined) return;
      const {height, url} = without;
      const headers = await client.headersOf(height);
      if (headers.some((text) => holds({text, height, url}, trust)))
        client.passOver(url, `it gives no block ${height}, though there is one`);
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

function holds({text, height}: GivenHeader, trust: ChainTrust): boolean {
  const verdict = verifySignedHeader(text, trust, 'any-time');
  return verdict.ok && verdict.header.height === height;
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
