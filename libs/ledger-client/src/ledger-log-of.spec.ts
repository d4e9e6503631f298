import type {LogFields, Logger} from '@vitalvault/process';
import {ledgerLogOf} from './ledger-log-of.js';

const lines: [string, string, LogFields | undefined][] = [];
const to =
  (level: string) =>
  (message: string, fields?: LogFields): void =>
    void lines.push([level, message, fields]);
const logger: Logger = {debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error')};

beforeEach(() => {
  lines.length = 0;
});

it('tells once that a node is away; what follows every few hundred milliseconds is for debugging', () => {
  const log = ledgerLogOf(logger);
  for (const failures of [1, 2, 3]) log.warn({url: 'http://node:1', failures, why: 'refused'}, 'ledger RPC rests');
  const fields = {url: 'http://node:1', reason: 'refused'};
  expect(lines).toEqual([
    ['warn', 'ledger RPC rests', fields],
    ['debug', 'ledger RPC rests', fields],
    ['debug', 'ledger RPC rests', fields],
  ]);
});

it('hands on no field that our lines do not carry', () => {
  ledgerLogOf(logger).error({err: 'x', height: '7', tx: 'ab', answer: {value: 'ab'}}, 'block not taken');
  expect(lines).toEqual([['error', 'block not taken', {error: 'x', height: '7'}]]);
});
