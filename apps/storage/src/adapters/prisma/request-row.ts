import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {DecidedRequest} from '../../domain/block-facts.js';
import type {AccessRequest} from './gen/client.js';

/** A decided request as its row holds it, without the height. */
export const requestRow = (request: DecidedRequest) => ({
  ...request,
  slotFrom: BigInt(request.slotFrom),
  slotTo: BigInt(request.slotTo),
  recordLogSize: toDecimal(request.recordLogSize),
  releaseUntilHeight: toDecimal(request.releaseUntilHeight),
  releaseUntilTime: toDecimal(request.releaseUntilTime),
});

export const requestOf = (row: Omit<AccessRequest, 'height'>): DecidedRequest => ({
  ...row,
  slotFrom: Number(row.slotFrom),
  slotTo: Number(row.slotTo),
  recordLogSize: fromDecimal(row.recordLogSize),
  releaseUntilHeight: fromDecimal(row.releaseUntilHeight),
  releaseUntilTime: fromDecimal(row.releaseUntilTime),
});
