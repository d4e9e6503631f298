import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import {expectLeaf} from '../domain/leaf-expectation.js';
import type {BlockTransaction, DecodedBlock} from '../domain/decode-block.js';
import type {Id, Projection, ProvenLogs} from './ports.js';

/** A leaf that a block added to a patient's access log. */
export interface NewLeaf {
  readonly patient: Id;
  readonly leaf: AccessLeaf;
  /** Exactly as the ledger gave them. */
  readonly bytes: Uint8Array;
}

interface Write {
  readonly transaction: BlockTransaction;
  readonly height: bigint;
}

/** Transactions that each added a leaf to a patient's log, in order. */
interface Expected {
  readonly patient: Id;
  readonly from: bigint;
  readonly by: readonly Write[];
}

/** Fetches the leaves that blocks added to access logs: which is known from the blocks, what they say is proven. */
export class AccessLeaves {
  constructor(private readonly ports: {logs: ProvenLogs; projection: Pick<Projection, 'accessLogSizes'>}) {}

  /**
   * By the transaction's place in its block: the log has them by their order, and an id is only what they tell.
   * @param blocks in order, the first one not projected yet
   * @throws DomainError not-verified when a leaf that must be there is not, or is another; behind, ledger-unavailable
   */
  async ofBlocks(blocks: readonly DecodedBlock[]): Promise<ReadonlyMap<BlockTransaction, NewLeaf>> {
    const expected = await this.expected(blocks);
    const leaves = await this.leaves(expected);
    const found = new Map<BlockTransaction, NewLeaf>();
    for (const [log, {patient, by}] of expected.entries())
      for (const [i, {transaction, height}] of by.entries())
        found.set(transaction, leafOf({patient, txId: transaction.txId, height}, leaves[log]?.[i]));
    return found;
  }

  // As of the newest block that wrote one: an empty block after it is proven by the next header, which is seconds away.
  private async leaves(expected: readonly Expected[]): Promise<readonly (readonly Uint8Array[])[]> {
    if (expected.length === 0) return [];
    const heights = expected.flatMap(({by}) => by.map(({height}) => height));
    const logs = expected.map(({patient, from, by}) => ({
      kind: STATE_KIND.accessLog,
      patient: fromHex(patient),
      from,
      count: by.length,
    }));
    return this.ports.logs.leaves(
      logs,
      heights.reduce((a, b) => (a > b ? a : b)),
    );
  }

  private async expected(blocks: readonly DecodedBlock[]): Promise<Expected[]> {
    const writes = blocks.flatMap(({height, transactions}) =>
      transactions.flatMap((transaction) => {
        const leaf = transaction.code === 0 ? expectLeaf(transaction.body) : undefined;
        return leaf === undefined ? [] : [{...leaf, transaction, height, patient: toHex(leaf.patient)}];
      }),
    );
    const sizes = await this.ports.projection.accessLogSizes([...new Set(writes.map(({patient}) => patient))]);
    const byPatient = new Map<Id, Write[]>();
    for (const {patient, certain, transaction, height} of writes) {
      const before = byPatient.get(patient);
      // Members publish keys too, and have no log. Who is a patient is projected, or she was enrolled just before.
      if (before === undefined && !certain && !sizes.has(patient)) continue;
      if (before === undefined) byPatient.set(patient, [{transaction, height}]);
      else before.push({transaction, height});
    }
    return [...byPatient].map(([patient, by]) => ({patient, from: sizes.get(patient) ?? 0n, by}));
  }
}

function leafOf(
  {patient, txId, height}: {patient: Id; txId: Id; height: bigint},
  bytes: Uint8Array | undefined,
): NewLeaf {
  const leaf = bytes === undefined ? undefined : decodeCanonical(AccessLeafSchema, bytes);
  if (bytes === undefined || leaf === undefined || toHex(leaf.txId) !== txId || leaf.height !== height)
    throw new DomainError('not-verified', {
      detail: 'the ledger withholds a leaf of an access log',
      meta: {height: String(height)},
    });
  return {patient, leaf, bytes};
}
