import {LIMITS} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';

/** Whether the ledger's window does not reach a number yet. @spec docs/protocol.md §3.6 */
export const isAboveWindow = (sequence: bigint, lowestOpen: bigint): boolean =>
  sequence >= lowestOpen + BigInt(LIMITS.sequenceWindow);

/**
 * Why a number cannot be taken now: acknowledged, it would wait for one that may never come.
 * @returns undefined when it can
 */
export function numberFault(sequence: bigint, lowestOpen: bigint): DomainError | undefined {
  if (!isAboveWindow(sequence, lowestOpen)) return undefined;
  const last = lowestOpen + BigInt(LIMITS.sequenceWindow) - 1n;
  return new DomainError('sequence-too-far', {
    detail: `Number ${lowestOpen} of this device is not on the ledger yet; until it is, none above ${last} is taken.`,
    meta: {window: LIMITS.sequenceWindow, lowestOpen: lowestOpen.toString()},
  });
}
