import {readDatabaseSettings} from './read-database-settings.js';

const env = {VITALVAULT_DATABASE_URL: 'postgres://vv@db/vv', VITALVAULT_KAFKA_BROKERS: 'k:1', PATH: 'x'};

describe('readDatabaseSettings', () => {
  it("takes the database's settings and leaves the service's others alone", () => {
    expect(readDatabaseSettings(env)).toEqual({databaseUrl: 'postgres://vv@db/vv'});
  });

  it('refuses a misspelt one', () => {
    expect(() => readDatabaseSettings({...env, VITALVAULT_DATABASE_CAFILE: '/ca'})).toThrow(
      'VITALVAULT_DATABASE_CAFILE: no such setting',
    );
  });
});
