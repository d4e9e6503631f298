import {CODE, decodeCanonical, encodeCanonical, LIMITS} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {requestAccess, signedBody} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import type {Sender} from './sender.js';

/** What a Byzantine proposer has at hand. */
export interface Material {
  readonly sender: Sender;
  /** Enrolled patients whose keys it has: their own quotas are all that binds them. */
  readonly accomplices: readonly TestKey[];
  /** What honest clients sent and no block has yet. */
  readonly pool: readonly Uint8Array[];
  /** In blocks already. */
  readonly committed: readonly Uint8Array[];
  readonly random: (bytes: number) => Uint8Array;
}

/** A proposal that no honest validator makes. */
export interface Attack {
  readonly name: string;
  /** Whether honest validators refuse the proposal, or execute it and refuse in it what is to be refused. */
  readonly outcome: 'refused' | 'executed';
  /** The transactions of the block; undefined when there is nothing to do it with yet. */
  propose(material: Material): readonly Uint8Array[] | undefined;
  /** Codes that transactions of an executed proposal must have. @param firstTime which of them no earlier block has */
  readonly codes?: (firstTime: readonly boolean[]) => readonly (readonly number[])[];
}

const altered = (tx: Uint8Array, alter: (tx: ReturnType<typeof parse>) => void): Uint8Array => {
  const parsed = parse(tx);
  alter(parsed);
  return encodeCanonical(TxSchema, parsed);
};
const parse = (tx: Uint8Array) => decodeCanonical(TxSchema, tx);
const own = ({sender, accomplices}: Material, which = 0, count = 1): Uint8Array[] => {
  const signer = accomplices[which] as TestKey;
  return Array.from({length: count}, () => sender.tx(requestAccess(signer.id), [signer]));
};

/** The block of ours is full, CometBFT's is not. */
const OVERSIZE_TXS = Math.ceil((5 * 1_048_576) / 65_000);

export const ATTACKS: readonly Attack[] = [
  {
    name: 'oversize',
    outcome: 'refused',
    propose: ({random}) => Array.from({length: OVERSIZE_TXS}, () => random(65_000)),
  },
  {
    name: 'largest that CometBFT takes',
    outcome: 'refused',
    propose: ({random}) => {
      const filler = random(65_000);
      const count = Math.floor((LIMITS.cometBlockBytes - LIMITS.cometEvidenceBytes) / 65_010);
      return Array.from({length: count}, () => filler);
    },
  },
  {name: 'bytes that are no transaction', outcome: 'refused', propose: ({random}) => [random(300)]},
  {name: 'nothing at all', outcome: 'refused', propose: () => [new Uint8Array(0)]},
  {
    name: 'a crowd of empty transactions',
    outcome: 'refused',
    propose: () => Array.from({length: LIMITS.mempoolTxs + 1}, () => new Uint8Array(0)),
  },
  {
    name: 'unsigned',
    outcome: 'refused',
    propose: (material) => own(material).map((tx) => altered(tx, (it) => (it.signatures = []))),
  },
  {
    name: 'mis-signed',
    outcome: 'refused',
    propose: (material) =>
      own(material).map((tx) =>
        altered(tx, ({signatures: [one]}) => one && (one.signature[40] = (one.signature[40] ?? 0) ^ 1)),
      ),
  },
  {
    name: "somebody's body signed by another",
    outcome: 'executed',
    propose: (material) =>
      own(material, 0).map((tx) => signedBody(parse(tx).body, [material.accomplices[1] as TestKey])),
    // A transaction of its own: it asks about accomplice 0 in the name of accomplice 1.
    codes: (firstTime) => firstTime.map(() => [CODE.ok, CODE.quota, CODE.nonceUsed, CODE.nonceTooFar]),
  },
  {
    name: 'of another chain',
    outcome: 'refused',
    propose: ({sender, accomplices: [one]}) =>
      one && [sender.tx(requestAccess(one.id), [one], {chainId: 'another-chain'})],
  },
  {
    name: 'replayed',
    outcome: 'executed',
    propose: ({committed}) => (committed.length === 0 ? undefined : committed.slice(-20)),
    codes: (firstTime) => firstTime.map(() => [CODE.nonceUsed]),
  },
  {
    name: 'each twice',
    outcome: 'executed',
    propose: ({pool}) => (pool.length === 0 ? undefined : pool.slice(0, 20).flatMap((tx) => [tx, tx])),
    codes: (firstTime) => firstTime.map((first, i) => (i % 2 === 0 && first ? [CODE.ok] : [CODE.nonceUsed])),
  },
  {
    name: 'in reverse, rights last',
    outcome: 'executed',
    propose: ({pool}) => (pool.length < 2 ? undefined : pool.toReversed().slice(0, 100)),
  },
  {
    name: 'over quota',
    outcome: 'executed',
    propose: (material) => own(material, 2, 300),
    codes: (firstTime) => firstTime.map((_, i) => (i < 299 ? [CODE.ok, CODE.quota] : [CODE.quota])),
  },
  {
    name: 'expired',
    outcome: 'executed',
    propose: ({sender, accomplices: [one]}) => one && [sender.tx(requestAccess(one.id), [one], {expiresAtHeight: 1n})],
    codes: () => [[CODE.expired]],
  },
];
