import {CODE} from '@vitalvault/contracts';
import {EnvelopeError} from '@vitalvault/envelope';
import {SdkError} from '@vitalvault/sdk';
import {CliError, EXIT} from './cli-error.js';
import {writePaper} from './exchange.js';
import {explainError, toldLines} from './explain-error.js';
import {styleOf} from './text/style.js';

/** Codes that acts of a patient, a member or a device can meet (docs/protocol.md §4.2, §4.3). */
const HERS: ReadonlySet<string> = new Set([
  ...['expired', 'unknownKey', 'nonceUsed', 'quota', 'notAuthorised', 'stateFull', 'ceiling', 'unknownIdentity'],
  ...['keyTaken', 'keySuccession', 'unknownDevice', 'deviceTaken', 'deviceRemoved'],
  ...['grantVersion', 'grantRevoked', 'unknownGrantee'],
]);

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('errors as vv tells them', () => {
  it.each([
    ['wrong use', new CliError('csv-invalid', 'Line 2.', {remedy: 'Correct it.'}), EXIT.usage],
    ['a value that is none', new SdkError('invalid-argument', {detail: 'maxReads'}), EXIT.usage],
    ['a refusal of the ledger', new SdkError('tx-refused', {status: 409, detail: 'nonceUsed'}), EXIT.refused],
    ['a service that is behind', new SdkError('behind', {status: 503}), EXIT.unavailable],
    ['nobody there', new SdkError('network', {detail: 'connect ECONNREFUSED'}), EXIT.unavailable],
    ['a lie', new SdkError('log-incomplete', {detail: 'wrong-root'}), EXIT.refused],
    ['a grant to a whole organisation', new SdkError('grantee-is-organisation', {detail: 'Hospital'}), EXIT.refused],
    ['a fork', new SdkError('headers-differ', {detail: 'two headers'}), EXIT.refused],
    ['an envelope that does not fit', new EnvelopeError('aead-open', 'It does not open.'), EXIT.refused],
    ['a file that cannot be', thrownBy(() => writePaper('/nope/x.json', 'access-log', {})), EXIT.usage],
    ['a bug', new TypeError('x is not a function'), EXIT.internal],
  ])('%s ends with its own exit code and a remedy', (_what, error, exit) => {
    const told = explainError(error);
    expect(told.exit).toBe(exit);
    expect(told.remedy).not.toBe('');
    expect(told.message).not.toBe('');
  });

  it('says what nobody answering means for what was taken back', () => {
    expect(explainError(new SdkError('network')).remedy).toMatch(/nothing is known to be decided.*kept.*it stands/);
  });

  it.each(Object.keys(CODE))(
    'tells a refusal %s without sending a patient to the protocol, if hers can meet it',
    (name) => {
      const service = {detail: `Code 80, ${name}.`, remedy: 'docs/protocol.md §4.4 says what it means.'};
      const told = explainError(new SdkError('tx-refused', {...service, status: 409, meta: {codeName: name}}));
      const isHers = HERS.has(name);
      expect([told.message === service.detail, told.remedy === service.remedy]).toEqual([!isHers, !isHers]);
      expect([told.code, told.exit, told.meta]).toEqual(['tx-refused', EXIT.refused, {codeName: name}]);
    },
  );

  it('prefers the remedy of the service that refused', () => {
    expect(
      explainError(new SdkError('network', {status: 503, remedy: 'Wait a second.', instance: 'abc'})),
    ).toMatchObject({remedy: 'Wait a second.', instance: 'abc'});
  });

  it('says after how many seconds to come again, and nothing of it where nobody said', () => {
    const told = (retryAfterSeconds?: number): string[] =>
      toldLines(
        explainError(new SdkError('bus-unavailable', {status: 503, remedy: 'R.', retryAfterSeconds})),
        styleOf(false),
      );
    expect(told(2)).toEqual(['vv: bus-unavailable (bus-unavailable)', '    R.', '    Retry-After: 2 s']);
    expect(told()).toHaveLength(2);
  });
});
