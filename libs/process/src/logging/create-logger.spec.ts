import {DomainError} from '@vitalvault/errors';
import {createLogger} from './create-logger.js';
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
    expect(logged({height: 5n, cid: 'bafy'})).toMatchObject({
      level: 'warn',
      service: 's',
      msg: 'hello',
      height: '5',
      cid: 'bafy',
    });
  });

  it('drops a field that is not listed, and tells its name only', () => {
    const line = logged({patient: 'abcdef0123', height: 1n});
    expect(line['droppedFields']).toEqual(['patient']);
    expect(JSON.stringify(line)).not.toContain('abcdef0123');
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
