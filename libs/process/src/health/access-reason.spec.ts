import {DomainError} from '@vitalvault/errors';
import {accessReason} from './access-reason.js';

const failure = (fields: object): Error => Object.assign(new Error('words with a secret'), fields);

describe('accessReason', () => {
  it.each([
    ['a socket', failure({code: 'ECONNREFUSED'}), 'nobody listens there'],
    [
      'a certificate behind our error',
      new DomainError('bus-unavailable', {cause: failure({code: 'SELF_SIGNED_CERT_IN_CHAIN'})}),
      'its certificate is not trusted (SELF_SIGNED_CERT_IN_CHAIN)',
    ],
    [
      'a password behind a driver',
      failure({code: 'P2010', meta: {driverAdapterError: {cause: {originalCode: '28P01'}}}}),
      'the user name or password was refused',
    ],
    [
      'that nobody is there, behind a driver',
      failure({code: 'P1001', meta: {driverAdapterError: {cause: {kind: 'DatabaseNotReachable'}}}}),
      'nobody listens there, or its name is not known',
    ],
    [
      'one of several',
      failure({errors: [failure({}), failure({type: 'TOPIC_AUTHORIZATION_FAILED'})]}),
      'this user has no right to the topic',
    ],
  ])('knows %s', (_what, error, reason) => {
    expect(accessReason(error)).toBe(reason);
  });

  it('says nothing about what it does not know, and ends with a cause that is its own', () => {
    const circle = failure({code: 'XX'});
    circle.cause = circle;
    expect([accessReason(circle), accessReason('text'), accessReason(null)]).toEqual([undefined, undefined, undefined]);
  });
});
