import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {Columns} from '@vitalvault/postgres';
import type {RecordNumber} from '../../domain/record.js';
import type {Skip} from './gen/client.js';

/** A number as the columns of every table hold it, in a statement. */
export const NUMBER: Columns<RecordNumber> = {
  device: ['text', ({device}) => device],
  registration: ['bigint', ({registration}) => registration],
  sequence: ['numeric', ({sequence}) => sequence],
};

/** The same for Prisma. */
export const numberRow = ({device, registration, sequence}: RecordNumber) => ({
  device,
  registration: BigInt(registration),
  sequence: toDecimal(sequence),
});

export const numberOf = ({device, registration, sequence}: NumberRow): RecordNumber => ({
  device,
  registration: Number(registration),
  sequence: fromDecimal(sequence),
});

export type NumberRow = Pick<Skip, 'device' | 'registration' | 'sequence'>;
