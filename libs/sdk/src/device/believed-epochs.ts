import type {EpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {toHex} from '@vitalvault/contracts';
import type {SeenEpoch} from './device-stores.js';

/** A statement with a good signature by one of the owner's keys: 0 her first, n that of succession n. */
export interface OwnersStatement {
  statement: EpochStatement;
  signer: number;
}

/**
 * Which statements of one tag a device believes, ascending by epoch. Those of the current key; and of an earlier one,
 * which may have leaked, those below the newest epoch that the current key began, or while it began none, those that
 * the device believed before. No epoch changes its public key, unless a later key says so.
 * @param current place of the current key: the number of successions
 * @spec docs/protocol.md §2.3
 */
export function believedEpochs(
  statements: readonly OwnersStatement[],
  seen: readonly SeenEpoch[],
  current: number,
): OwnersStatement[] {
  const pins = new Map(seen.map((one) => [one.epoch, one]));
  const isSeen = ({epoch, publicKey}: EpochStatement): boolean => pins.get(epoch)?.publicKey === toHex(publicKey);
  const own = statements.filter(({statement, signer}) => {
    const pin = pins.get(statement.epoch);
    return signer === current && (pin === undefined || pin.signer < current || isSeen(statement));
  });
  // Epoch 1 says nothing about the others: it may have been signed again, to begin earlier.
  const newest = Math.max(0, ...own.map(({statement}) => statement.epoch).filter((epoch) => epoch > 1));
  const earlier = statements.filter(({statement, signer}) => {
    if (signer >= current || own.some((one) => one.statement.epoch === statement.epoch)) return false;
    if (newest === 0) return isSeen(statement);
    return statement.epoch < newest && (!pins.has(statement.epoch) || isSeen(statement));
  });
  return [...own, ...earlier].sort((a, b) => a.statement.epoch - b.statement.epoch);
}

/**
 * Highest epoch that a device has to be shown again; 0: none. What an earlier key signed counts no more once the
 * current one has begun an epoch: whoever had the old key could have shown any number.
 * @param believed what it is shown now, ascending
 */
export function highestToShow(
  seen: readonly SeenEpoch[],
  believed: readonly OwnersStatement[],
  current: number,
): number {
  const own = seen.filter(({signer}) => signer === current);
  if (own.length === 0 && believed.at(-1)?.signer === current) return 0;
  return Math.max(0, ...(own.length > 0 ? own : seen).map(({epoch}) => epoch));
}
