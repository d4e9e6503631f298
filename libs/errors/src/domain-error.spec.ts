import {describe, expect, it} from '@jest/globals';
import {CATALOGUE, STATUS} from './catalogue.js';
import type {ErrorCode} from './catalogue.js';
import {DomainError, isErrorCode, toProblem} from './domain-error.js';

const codes = Object.keys(CATALOGUE) as ErrorCode[];

describe('the catalogue', () => {
  it.each(codes)('%s reads as a sentence, says what to do and maps to both tables', (code) => {
    const {category, title, remedy} = CATALOGUE[code];
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/\.$/);
    expect(STATUS[category].http).toBeGreaterThanOrEqual(400);
    expect(STATUS[category].grpc).toBeGreaterThan(0);
  });
});

describe('DomainError', () => {
  it('becomes a problem document without its cause', () => {
    const error = new DomainError('quota-exceeded', {
      detail: 'device',
      meta: {burst: 3},
      retryAfterSeconds: 2,
      cause: new Error('secret'),
    });
    const problem = toProblem(error, 'abc');
    expect(problem).toEqual({
      type: 'https://vitalvault.dev/errors/quota-exceeded',
      title: 'The quota is used up.',
      status: 429,
      code: 'quota-exceeded',
      detail: 'device',
      remedy: CATALOGUE['quota-exceeded'].remedy,
      instance: 'abc',
      meta: {burst: 3},
    });
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(error.retryable).toBe(true);
  });

  it.each(codes.filter((code) => CATALOGUE[code].category === 'unavailable'))(
    '%s says when to come again, also where nobody knew it better',
    (code) => {
      expect(new DomainError(code).retryAfterSeconds).toBeGreaterThanOrEqual(1);
      expect(new DomainError(code, {retryAfterSeconds: 7}).retryAfterSeconds).toBe(7);
    },
  );

  it('knows its codes', () => {
    expect(isErrorCode('internal')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
    expect(isErrorCode(3)).toBe(false);
  });
});

it('a number that was given up and waits for its block is not only told to be posted', () => {
  expect(CATALOGUE['receipt-not-found'].remedy).toMatch(/given up/);
});
