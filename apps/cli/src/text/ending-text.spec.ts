import {SdkError} from '@vitalvault/sdk';
import {dueText, noticeText} from './ending-text.js';

describe('what a person is told of what she took back', () => {
  const revocation = {kind: 'revocation', grantId: '77ab', expiresAt: 1} as const;
  const removal = {kind: 'removal', device: '5f1c', registration: 1, distrustFromSlot: 2, expiresAt: 1} as const;

  it('names it, whether it holds, and what is done next', () => {
    expect(noticeText({ending: revocation, isProven: true})).toBe('The revocation of 77ab is proven now: it holds.');
    expect(noticeText({ending: revocation, isProven: true, isNone: true})).toMatch(/77ab had nothing to end.*is none/);
    expect(noticeText({ending: revocation, isProven: false})).toMatch(/revocation of 77ab is not yet proven.*again/);
    expect(noticeText({ending: revocation, isProven: false, error: new SdkError('network')})).toMatch(
      /not yet proven. Nobody answered: nothing was decided. It is kept.*again; until it is proven, the grant stands\.$/,
    );
    expect(dueText(removal)).toMatch(/removal of registration 1 of the device 5f1c is not yet proven.*again/);
  });
});
