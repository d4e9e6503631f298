import {createHash} from 'node:crypto';
import type {AbciApplication, FinalizeBlockAnswer, InfoAnswer, InitChainAnswer} from '../src/application.js';
import type {
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestPrepareProposal,
  RequestQuery,
} from '../src/gen/tendermint/abci/types_pb.js';

/**
 * The smallest application that is one: writes transactions down in memory. A transaction that begins with "!" is
 * refused by CheckTx with code 7; the query gives back its data. The app hash covers everything written.
 */
export class Notebook implements AbciApplication {
  readonly pages: string[] = [];
  private height = 0n;
  private appHash = createHash('sha256').digest();
  private pending: {height: bigint; pages: string[]; appHash: Buffer} | undefined;

  constructor(private readonly validators: readonly {publicKey: Uint8Array; power: bigint}[]) {}

  info(): InfoAnswer {
    return {lastBlockHeight: this.height, lastBlockAppHash: this.height === 0n ? new Uint8Array() : this.appHash};
  }

  initChain(): InitChainAnswer {
    return {
      validators: this.validators.map(({publicKey, power}) => ({
        pubKey: {sum: {case: 'ed25519', value: publicKey}},
        power,
      })),
      appHash: this.appHash,
    };
  }

  query({data, path}: RequestQuery) {
    return {code: path === '/refuse' ? 9 : 0, value: data, height: this.height};
  }

  checkTx({tx}: RequestCheckTx) {
    return {code: tx[0] === 0x21 ? 7 : 0};
  }

  prepareProposal({txs}: RequestPrepareProposal) {
    return {txs};
  }

  processProposal() {
    return {status: 1};
  }

  finalizeBlock({txs, height}: RequestFinalizeBlock): FinalizeBlockAnswer {
    const pages = txs.map((tx) => Buffer.from(tx).toString());
    const appHash = pages.reduce((hash, page) => createHash('sha256').update(hash).update(page).digest(), this.appHash);
    this.pending = {height, pages, appHash};
    return {txResults: pages.map((page, i) => ({code: 0, data: Buffer.from(`${page} ${i}`)})), appHash};
  }

  commit() {
    if (this.pending === undefined) throw new Error('nothing to commit');
    this.pages.push(...this.pending.pages);
    this.height = this.pending.height;
    this.appHash = this.pending.appHash as Buffer<ArrayBuffer>;
    this.pending = undefined;
    return {};
  }
}
