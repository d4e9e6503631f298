import {accessFaults} from './access-faults.js';

const sasl = {kafkaTls: 'true', kafkaSaslMechanism: 'scram-sha-512', kafkaUsername: 'u', kafkaPasswordFile: '/p'};
const database = 'postgres://vv@host/db';

describe('accessFaults', () => {
  it.each([
    ['nothing given', {}],
    ['TLS and SASL whole', {...sasl, kafkaCaFile: '/c'}],
    ['SCRAM without TLS', {...sasl, kafkaTls: 'false'}],
    ['a database with both files', {databaseUrl: database, databasePasswordFile: '/p', databaseCaFile: '/c'}],
    ['a database with its password in the URL', {databaseUrl: 'postgres://vv:secret@host/db'}],
  ])('finds none: %s', (_what, given) => {
    expect(accessFaults(given)).toEqual([]);
  });

  it.each([
    ['a mechanism alone', {kafkaTls: 'true', kafkaSaslMechanism: 'plain'}, ['kafkaUsername', 'kafkaPasswordFile']],
    ['a user name without a mechanism', {kafkaUsername: 'u'}, ['kafkaSaslMechanism']],
    ['a password without a mechanism', {kafkaPasswordFile: '/p'}, ['kafkaSaslMechanism']],
    ['plain without TLS', {...sasl, kafkaTls: 'false', kafkaSaslMechanism: 'plain'}, ['kafkaTls']],
    ['a CA without TLS', {kafkaCaFile: '/c'}, ['kafkaCaFile']],
    [
      'two passwords',
      {databaseUrl: 'postgres://vv:secret@host/db', databasePasswordFile: '/p'},
      ['databasePasswordFile'],
    ],
    ['two words about SSL', {databaseUrl: `${database}?sslmode=disable`, databaseCaFile: '/c'}, ['databaseCaFile']],
  ])('finds %s', (_what, given, settings) => {
    const faults = accessFaults(given);
    expect(faults.map(([setting]) => setting)).toEqual(settings);
    expect(JSON.stringify(faults)).not.toContain('secret');
  });
});
