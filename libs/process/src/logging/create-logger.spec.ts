import {DomainError} from '@vitalvault/errors';
import {createLogger} from './create-logger.js';
import {inProduction} from '../../testing/in-production.js';
import type {LogFields} from './create-logger.js';

function logged(fields: object, level = 'debug'): Record<string, unknown> {
  const lines: string[] = [];
  createLogger({service: 's', level, destination: {write: (line: string) => void lines.push(line)}}).warn(
    'hello',
    fields as LogFields,
  );
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
}

describe('createLogger', () => {
  it('writes one JSON object with the allowed fields', () => {
    expect(logged({height: 5n, which: 'ab12'})).toMatchObject({
      level: 'warn',
      service: 's',
      msg: 'hello',
      height: '5',
      which: 'ab12',
    });
  });

  it.each([{patient: 'abcdef0123'}, {cid: 'bafy'}, {txId: 'ab'}, {recordId: 'ab'}, {messageId: 'ab'}])(
    'drops a field that is not listed, and tells its name only: %j',
    (field) => {
      const line = inProduction(() => logged({...field, height: 1n}));
      expect(line['droppedFields']).toEqual(Object.keys(field));
      expect(line).not.toHaveProperty(Object.keys(field)[0] ?? '');
      expect(() => logged({...field, height: 1n})).toThrow('may not be told');
    },
  );

  it('takes ids out of what it says, but those of the consortium', () => {
    const id = 'ab'.repeat(20);
    const line = inProduction(() => logged({organisation: id, at: `t/${id}`, reason: `no ${id}`, state: 'well'}));
    expect(line).toMatchObject({organisation: id, at: 't/…', reason: 'no …', state: 'well'});
    expect(() => logged({at: `t/${id}`})).toThrow('may not be told');
  });

  it('describes errors with their causes', () => {
    const error = new DomainError('bus-unavailable', {cause: new Error('connection refused')});
    expect(logged({error})).toMatchObject({error: {code: 'bus-unavailable', cause: {message: 'connection refused'}}});
  });

  it('quotes nothing of what a parser could not read', () => {
    const secret = 'ad95f59f0f';
    const parsing = (): unknown => JSON.parse(`{"privateKey":${secret}}`);
    let error: unknown;
    try {
      parsing();
    } catch (cause) {
      error = new DomainError('internal', {cause});
    }
    expect(JSON.stringify(logged({error}))).not.toContain(secret);
    expect(logged({error})).toMatchObject({error: {cause: {name: 'SyntaxError', message: 'not well formed'}}});
  });

  it('keeps quiet below its level', () => {
    expect(logged({height: 1n}, 'error')).toEqual({});
  });
});
