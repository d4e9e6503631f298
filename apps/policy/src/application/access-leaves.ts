import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import {expectLeaf} from '../domain/leaf-expectation.js';
import type {BlockTransaction} from '../domain/decode-block.js';
import type {Id, Projection, ProvenLogs} from './ports.js';

/** A leaf that a block added to a patient's access log. */
export interface NewLeaf {
  readonly patient: Id;
  readonly leaf: AccessLeaf;
  /** Exactly as the ledger gave them. */
  readonly bytes: Uint8Array;
}

/** Transactions of a block that each added a leaf to a patient's log, in order. */
interface Expected {
  readonly patient: Id;
  readonly by: readonly BlockTransaction[];
}

/** Fetches the leaves that a block added to access logs: which is known from the block, what they say is proven. */
export class AccessLeaves {
  constructor(private readonly ports: {logs: ProvenLogs; projection: Projection}) {}

  /**
   * By the transaction's place in the block: the log has them by their order, and an id is only what they tell.
   * @throws DomainError not-verified when a leaf that must be there is not, or is another; behind, ledger-unavailable
   */
  async ofBlock(height: bigint, transactions: readonly BlockTransaction[]): Promise<ReadonlyMap<number, NewLeaf>> {
    const expected = await this.expected(transactions);
    const logs = await Promise.all(
      expected.map(async ({patient, by}) => ({
        kind: STATE_KIND.accessLog,
        patient: fromHex(patient),
        from: await this.ports.projection.accessLogSize(patient),
        count: by.length,
      })),
    );
    const leaves = logs.length === 0 ? [] : await this.ports.logs.leaves(logs, height);
    const found = new Map<number, NewLeaf>();
    for (const [log, {patient, by}] of expected.entries()) {
      for (const [i, {index, txId}] of by.entries())
        found.set(index, leafOf({patient, txId, height}, leaves[log]?.[i]));
    }
    return found;
  }

  private async expected(transactions: readonly BlockTransaction[]): Promise<Expected[]> {
    const byPatient = new Map<Id, BlockTransaction[]>();
    for (const transaction of transactions) {
      const leaf = transaction.code === 0 ? expectLeaf(transaction.body) : undefined;
      if (leaf === undefined) continue;
      const patient = toHex(leaf.patient);
      const before = byPatient.get(patient);
      // Members publish keys too, and have no log. Who is a patient is projected, or she was enrolled in this block.
      if (before === undefined && !leaf.certain && (await this.ports.projection.patient(patient)) === undefined)
        continue;
      if (before === undefined) byPatient.set(patient, [transaction]);
      else before.push(transaction);
    }
    return [...byPatient].map(([patient, by]) => ({patient, by}));
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
