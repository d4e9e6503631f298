import {DomainError} from '@vitalvault/errors';
import {toDatabaseError} from '@vitalvault/postgres';
import {Prisma} from './gen/client.js';

const prisma = (code: string, message = ''): Error =>
  new Prisma.PrismaClientKnownRequestError(message, {code, clientVersion: '7'});
const isAway = (error: unknown): boolean => {
  const translated = toDatabaseError(error);
  return translated instanceof DomainError && translated.code === 'database-unavailable';
};

describe('toDatabaseError, with the errors that the generated client throws', () => {
  // What decides whether a consumer waits or stands.
  it.each([
    ['no connection', prisma('P1001')],
    ['no pooled connection', prisma('P2024')],
    ['transaction gone', prisma('P2028')],
    ['deadlock', prisma('P2034')],
    [
      'starting up, by a model',
      prisma('P2039', 'Database error. Code: `57P03`. Message: `the database system is starting up`'),
    ],
    [
      'starting up, by SQL',
      prisma(
        'P2010',
        'Raw query failed. Code: `57P03`. Message: `the database system is not yet accepting connections`',
      ),
    ],
    [
      'shut down',
      prisma(
        'P2010',
        'Raw query failed. Code: `57P01`. Message: `terminating connection due to administrator command`',
      ),
    ],
    ['disk full', prisma('P2039', 'Database error. Code: `53100`. Message: `could not extend file`')],
    [
      'too many connections',
      prisma('P2039', 'Database error. Code: `53300`. Message: `sorry, too many clients already`'),
    ],
    ['serialization', prisma('P2010', 'Raw query failed. Code: `40001`. Message: `could not serialize access`')],
    [
      'a password that was changed',
      prisma('P2010', 'Raw query failed. Code: `28P01`. Message: `password authentication failed`'),
    ],
    [
      'a certificate that is not trusted',
      prisma('P2010', 'Raw query failed. Code: `N/A`. Message: `Error opening a TLS connection: unable to verify`'),
    ],
    [
      'read-only, after a fail-over',
      prisma('P2010', 'Raw query failed. Code: `25006`. Message: `cannot execute INSERT in a read-only transaction`'),
    ],
    ['no connection to spare, by its kind', prisma('P2037', 'Too many database connections opened: too many clients')],
    [
      'a lock that another has',
      prisma('P2039', 'Database error. Code: `55P03`. Message: `canceling statement due to lock timeout`'),
    ],
    [
      'a transaction that was idle for too long',
      prisma('P2010', 'Raw query failed. Code: `25P03`. Message: `terminating connection due to idle-in-transaction`'),
    ],
    [
      'read-only, when the transaction ends',
      Object.assign(new Error('postgres'), {name: 'DriverAdapterError', cause: {originalCode: '25006'}}),
    ],
    ['socket', Object.assign(new Error('connect'), {code: 'ECONNREFUSED'})],
  ])('takes "%s" for a database that is away', (_name, error) => {
    expect(isAway(error)).toBe(true);
  });

  it.each([
    ['unique constraint', prisma('P2002', 'Unique constraint failed')],
    ['syntax', prisma('P2010', 'Raw query failed. Code: `42601`. Message: `syntax error`')],
    ['too large a number', prisma('P2010', 'Raw query failed. Code: `22003`. Message: `bigint out of range`')],
    ['a query that is none', new Prisma.PrismaClientValidationError('timeout', {clientVersion: '7'})],
    ['a bug', new TypeError('x')],
  ])('does not take "%s" for that', (_name, error) => {
    expect(isAway(error)).toBe(false);
  });
});
