import type {ParsedGenesis} from '@vitalvault/light-client';
import {MADE_UP_TRUST, signHeader} from '@vitalvault/light-client/testing';
import {SdkError, verifyHeader} from '@vitalvault/sdk';
import {explainError} from '../explain-error.js';
import {ofAKeptFile} from './kept-file.js';

const HOUR_MS = 3_600_000;
const signed = JSON.parse(signHeader({height: 7n, appHash: new Uint8Array(32)})) as {header: {time: string}};
const madeAt = Date.parse(signed.header.time);

function told(verify: () => unknown) {
  try {
    ofAKeptFile(verify);
  } catch (error) {
    return explainError(error);
  }
  return undefined;
}

describe('what is wrong with a file that was kept', () => {
  const check =
    ({now = madeAt, chainId = MADE_UP_TRUST.chainId, header = signed as object} = {}) =>
    () =>
      verifyHeader(header, {...MADE_UP_TRUST, chainId} as ParsedGenesis, {now, maxHeaderAgeMs: 60_000});

  it('is nothing when it holds', () => {
    expect(told(check())).toBeUndefined();
  });

  it('is its age: how old it may be can be said', () => {
    expect(told(check({now: madeAt + HOUR_MS}))).toMatchObject({
      code: 'stale-header',
      remedy: expect.stringContaining('--max-age'),
    });
  });

  it('is the clock, when it comes from the future', () => {
    expect(told(check({now: madeAt - HOUR_MS}))?.remedy).toBe('Check the clock of this machine.');
  });

  it('is that it is of another ledger: both are named', () => {
    const refusal = told(check({chainId: 'vitalvault-2'}));
    expect(refusal?.message).toBe('it is of the ledger made-up, the genesis is that of vitalvault-2');
    expect(refusal?.remedy).toMatch(/^This file is of another ledger.*--genesis/);
  });

  it('shows no text of a made-up ledger that could move the cursor of a terminal', () => {
    const header = {...signed, header: {...signed.header, chain_id: 'a\u001b[2J'}};
    expect(told(check({header}))?.message).toBe('it is of the ledger "a\\u001b[2J", the genesis is that of made-up');
  });

  it.each(['untrusted-header', 'proof-invalid', 'log-incomplete'] as const)('is %s, and no service to ask', (code) => {
    const verify = (): never => {
      throw new SdkError(code, {detail: 'd'});
    };
    expect(told(verify)).toMatchObject({code, message: 'd', remedy: expect.stringMatching(/^Do not trust this file/)});
  });
});
