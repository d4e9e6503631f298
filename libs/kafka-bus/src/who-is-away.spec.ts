import {DomainError} from '@vitalvault/errors';
import {whoIsAway} from './run-operation.js';

const settings = {kafkaBrokers: ['a:9092', 'b:9092'], databaseUrl: 'postgresql://ada:secret@db:5432/vv'};
const foreign = (name: string, fields: object = {}): Error => Object.assign(new Error('words'), {name, ...fields});
const refused = Object.assign(new Error('words'), {code: 'ECONNREFUSED'});

describe('who is away, for a person', () => {
  it.each<[string, unknown, string | undefined]>([
    ['Kafka', foreign('KafkaJSConnectionError'), 'Kafka at a:9092, b:9092 cannot be reached.'],
    [
      'Kafka, which lets nobody in',
      foreign('KafkaJSNonRetriableError', {cause: foreign('KafkaJSSASLAuthenticationError')}),
      'Kafka at a:9092, b:9092 cannot be reached: the user name or password was refused.',
    ],
    ['our producer', new DomainError('bus-unavailable'), 'Kafka at a:9092, b:9092 cannot be reached.'],
    [
      'the database, without its password',
      new DomainError('database-unavailable', {cause: refused}),
      'PostgreSQL at db:5432 cannot be reached: nobody listens there.',
    ],
    ['nobody: a bug', new TypeError('x is no function'), undefined],
    ['nobody: a refusal', new DomainError('invalid-field'), undefined],
  ])('%s', (_who, error, sentence) => {
    expect(whoIsAway(error, settings)).toBe(sentence);
  });
});
