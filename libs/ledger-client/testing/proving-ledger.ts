import type {
  AbciApplication,
  FinalizeBlockAnswer,
  InfoAnswer,
  InitChainAnswer,
  RequestFinalizeBlock,
  RequestPrepareProposal,
  RequestQuery,
} from '@vitalvault/abci';
import {ProposalStatus} from '@vitalvault/abci';
import {STATE_KIND, decodeCanonical, encodeCanonical, sha256Of} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {LogTree, StateTree, leafHash, parseProofRequest, proveAnswer, stateKey} from '@vitalvault/proofs';

type Validator = {readonly publicKey: Uint8Array; readonly power: bigint};
type Part = Uint8Array<ArrayBuffer>;

/** The one patient of this ledger. */
export const PATIENT = new Uint8Array(20).fill(9);

/**
 * A ledger that is small enough to read and proves what it says: a transaction's body is written under (grant, first
 * byte) and appended to the access log of `PATIENT`. Body byte 0 is refused by CheckTx with code 26.
 */
export class ProvingLedger implements AbciApplication {
  private readonly tree = new StateTree();
  private readonly log = new LogTree();
  private readonly values = new Map<string, Uint8Array>();
  private readonly leaves: Uint8Array[] = [];
  private height = 0n;
  private appHash: Uint8Array = this.tree.root.slice();
  private pending: RequestFinalizeBlock | undefined;

  constructor(private readonly validators: readonly Validator[]) {}

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

  checkTx({tx}: {tx: Uint8Array}) {
    return {code: bodyOf(tx)[0] === 0 ? 26 : 0};
  }

  prepareProposal({txs}: RequestPrepareProposal) {
    return {txs};
  }

  processProposal() {
    return {status: ProposalStatus.ACCEPT};
  }

  finalizeBlock(request: RequestFinalizeBlock): FinalizeBlockAnswer {
    const changes = new Map<string, {key: Part; valueHash: Part}>();
    const set = (kind: number, part: Uint8Array, value: Uint8Array) => {
      const key = stateKey(kind, [part]) as Part;
      this.values.set(key.join(), value);
      changes.set(key.join(), {key, valueHash: sha256Of(value)});
    };
    for (const tx of request.txs) {
      const body = bodyOf(tx).slice();
      set(STATE_KIND.grant, body.subarray(0, 1), body);
      this.leaves.push(body);
      this.log.append(leafHash(body));
    }
    if (request.txs.length > 0)
      set(
        STATE_KIND.accessLog,
        PATIENT,
        encodeCanonical(LogHeadSchema, {size: BigInt(this.log.size), root: this.log.root()}),
      );
    this.pending = request;
    this.appHash = this.tree.stage([...changes.values()]).slice();
    return {txResults: request.txs.map((tx) => ({code: 0, data: bodyOf(tx)})), appHash: this.appHash};
  }

  commit() {
    this.tree.commit();
    this.height = this.pending?.height ?? this.height;
    return {};
  }

  query({path, data}: RequestQuery) {
    if (path !== '/proofs') return {code: 6, log: 'unknown path'};
    const request = parseProofRequest(data);
    if (typeof request === 'string') return {code: 6, log: request};
    const parts = proveAnswer(request, {
      value: (kind, id) => this.values.get(stateKey(kind, id).join()),
      path: (kind, id) => this.tree.prove(stateKey(kind, id)),
      log: () => ({
        tree: this.log,
        leafBytes: (index) => this.leaves[index]?.length ?? 0,
        leaf: (index) => this.leaves[index] ?? new Uint8Array(),
      }),
    });
    return {code: 0, value: encodeCanonical(ProofResponseSchema, {height: this.height, ...parts}), height: this.height};
  }
}

function bodyOf(tx: Uint8Array): Uint8Array {
  return decodeCanonical(TxSchema, tx).body;
}
