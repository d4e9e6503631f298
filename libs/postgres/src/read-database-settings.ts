import {z} from 'zod';
import {loadConfig, databaseConfig, variableOf} from '@vitalvault/process';
import type {DatabaseSettings} from './database-connection.js';

const schema = z.strictObject(databaseConfig);

/**
 * The settings of the database alone, out of the environment of a service, which has others too.
 * @throws ConfigError also for a database setting that there is not
 */
export function readDatabaseSettings(env: Readonly<Record<string, string | undefined>>): DatabaseSettings {
  return loadConfig(
    schema,
    Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(variableOf('database')))),
  );
}
