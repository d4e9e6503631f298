import {DomainError} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import {RecentRefusals} from './recent-refusals.js';

function harness() {
  const clock = {ms: 1_000};
  const refusals = new RecentRefusals(() => clock.ms);
  const refuse = (txId: string, error: Error): Promise<unknown> =>
    refusals.watch(txId, Promise.reject(error)).catch((thrown: unknown) => thrown);
  const refused = (txId: string): unknown => {
    try {
      refusals.throwIfRefused(txId);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  return {clock, refusals, refuse, refused};
}

describe('RecentRefusals', () => {
  it.each<[ErrorCode, boolean]>([
    ['access-refused', true],
    ['permit-ended', true],
    ['release-limit', true],
    // What another try may change is asked again.
    ['tx-not-found', false],
    ['behind', false],
    ['policy-unavailable', false],
    ['not-verified', false],
  ])('passes %s on and remembers it: %s', async (code, lasting) => {
    const {refuse, refused} = harness();
    const error = new DomainError(code);
    expect(await refuse('tx', error)).toBe(error);
    expect(refused('tx')).toBe(lasting ? error : undefined);
    expect(refused('another')).toBeUndefined();
  });

  it('remembers for ten seconds, from the last one', async () => {
    const {clock, refuse, refused} = harness();
    const [first, second] = [new DomainError('access-refused'), new DomainError('permit-ended')];
    await refuse('tx', first);
    clock.ms += 9_999;
    expect(refused('tx')).toBe(first);
    clock.ms += 1;
    expect(refused('tx')).toBeUndefined();
    await refuse('tx', second);
    expect(refused('tx')).toBe(second);
  });

  it('gives answers on and remembers nothing of them, nor of a fault of ours', async () => {
    const {refusals, refuse, refused} = harness();
    expect(await refusals.watch('tx', Promise.resolve('bundle'))).toBe('bundle');
    await refuse('tx', new TypeError('bug'));
    expect(refused('tx')).toBeUndefined();
  });

  it('keeps a thousand: the oldest goes for a new one', async () => {
    const {refuse, refused} = harness();
    for (let i = 0; i <= 1_000; i++) await refuse(`tx ${String(i)}`, new DomainError('permit-ended'));
    expect(refused('tx 0')).toBeUndefined();
    expect([refused('tx 1'), refused('tx 1000')].every((one) => one instanceof DomainError)).toBe(true);
  });
});
