import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import {expectLeaf} from '../domain/leaf-expectation.js';
import type {BlockTransaction} from '../domain/decode-block.js';
import type {Id, LedgerSource, Projection} from './ports.js';

/** A leaf that a block added to a patient's access log. */
export interface NewLeaf {
  readonly patient: Id;
  readonly leaf: AccessLeaf;
  /** Exactly as the ledger gave them. */
  readonly bytes: Uint8Array;
}

interface Expected {
  readonly patient: Id;
  readonly certain: boolean;
  readonly txIds: Id[];
}

const MAX_LEAVES = 1_000;
const LOGS_PER_QUERY = 16;
const RETRY_MS = 50;
const PATIENCE_MS = 5_000;

/** Fetches from the ledger the leaves that a block added to access logs. */
export class AccessLeaves {
  constructor(
    private readonly ports: {ledger: LedgerSource; projection: Projection; sleep: (ms: number) => Promise<void>},
  ) {}

  /**
   * By transaction id. The ledger answers for its newest state, so what later blocks added is left out.
   * @throws DomainError ledger-unavailable when the validator does not have the block's state in time;
   *   not-verified when a leaf that must be there is not.
   */
  async ofBlock(height: bigint, transactions: readonly BlockTransaction[]): Promise<ReadonlyMap<Id, NewLeaf>> {
    const expected = byPatient(transactions);
    const found = new Map<Id, NewLeaf>();
    for (let i = 0; i < expected.length; i += LOGS_PER_QUERY) {
      for (const leaf of await this.fetch(height, expected.slice(i, i + LOGS_PER_QUERY)))
        found.set(toHex(leaf.leaf.txId), leaf);
    }
    const missing = expected.find(({certain, txIds}) => certain && txIds.some((txId) => !found.has(txId)));
    if (missing !== undefined)
      throw new DomainError('not-verified', {
        detail: 'the ledger withholds a leaf of an access log',
        meta: {height: String(height)},
      });
    return found;
  }

  private async fetch(height: bigint, expected: readonly Expected[]): Promise<NewLeaf[]> {
    const logs = await Promise.all(
      expected.map(async ({patient, txIds}) => ({
        kind: STATE_KIND.accessLog,
        patient: fromHex(patient),
        from: await this.ports.projection.accessLogSize(patient),
        limit: Math.min(txIds.length, MAX_LEAVES),
      })),
    );
    for (let waited = 0; waited <= PATIENCE_MS; waited += RETRY_MS) {
      const response = await this.ports.ledger.proofs({logs});
      if (response.height >= height)
        return response.logs.flatMap((log) => log.leaves.flatMap((bytes) => leafOf(height, log.patient, bytes)));
      await this.ports.sleep(RETRY_MS);
    }
    throw new DomainError('ledger-unavailable', {
      detail: 'the validator does not have the state of a block that it gave',
      meta: {height: String(height)},
    });
  }
}

function byPatient(transactions: readonly BlockTransaction[]): Expected[] {
  const expected = new Map<Id, Expected>();
  for (const {body, code, txId} of transactions) {
    const leaf = code === 0 ? expectLeaf(body) : undefined;
    if (leaf === undefined) continue;
    const patient = toHex(leaf.patient);
    const known = expected.get(patient);
    if (known === undefined) expected.set(patient, {patient, certain: leaf.certain, txIds: [txId]});
    else expected.set(patient, {patient, certain: known.certain || leaf.certain, txIds: [...known.txIds, txId]});
  }
  return [...expected.values()];
}

function leafOf(height: bigint, patient: Uint8Array, bytes: Uint8Array): NewLeaf[] {
  const leaf = decodeCanonical(AccessLeafSchema, bytes);
  return leaf.height === height ? [{patient: toHex(patient), leaf, bytes}] : [];
}
