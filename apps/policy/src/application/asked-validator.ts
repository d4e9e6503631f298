import {DomainError} from '@vitalvault/errors';
import type {LedgerSource} from './ports.js';

/** Which validator is asked; absent: whichever answers, the own one first. */
export interface Asked {
  readonly validator?: number | undefined;
}

/** @throws DomainError invalid-field, with how many there are */
export function refuseUnknownValidator({validators}: LedgerSource, validator: number | undefined): void {
  if (validator !== undefined && validator >= validators)
    throw new DomainError('invalid-field', {detail: `validator: there are ${validators}`, meta: {validators}});
}
