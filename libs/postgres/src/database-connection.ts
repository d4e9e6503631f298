import {readCertificates, readSecret, watchedTls} from '@vitalvault/process';
import type {WatchedTls} from '@vitalvault/process';

/** How a service reaches its database: settings of the same names. */
export interface DatabaseSettings {
  readonly databaseUrl: string;
  readonly databasePasswordFile?: string | undefined;
  readonly databaseCaFile?: string | undefined;
}

/** What `pg` takes for a connection. Holds the password: never to be logged. */
export interface DatabaseConnection {
  readonly connectionString: string;
  readonly ssl?: WatchedTls & {readonly rejectUnauthorized: true; readonly host: string};
}

/**
 * The connection of `settings`; with a CA file over TLS, certificate and host name checked (libpq's verify-full).
 * @throws ConfigError when a file cannot be used
 */
export function databaseConnection({
  databaseUrl,
  databasePasswordFile,
  databaseCaFile,
}: DatabaseSettings): DatabaseConnection {
  const url = new URL(databaseUrl);
  if (databasePasswordFile !== undefined)
    url.password = encodeURIComponent(readSecret('databasePasswordFile', databasePasswordFile));
  if (databaseCaFile === undefined) return {connectionString: url.href};
  // pg gives a name of its own to TLS only for host names; without `host` an address would be compared with
  // "localhost".
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    connectionString: url.href,
    ssl: {
      ...watchedTls('database', readCertificates('databaseCaFile', databaseCaFile)),
      rejectUnauthorized: true,
      host,
    },
  };
}
