import {chmodSync} from 'node:fs';
import {join} from 'node:path';
import {Client} from 'pg';
import type {Scratch} from '../suite/scratch.js';

/** Which rows of a table blocks have brought. */
const OF_BLOCKS: Readonly<Record<string, string>> = {
  blocks: 'height = ANY($1)',
  transactions: 'height = ANY($1)',
  reads_used:
    '(patient, grant_id) IN (SELECT patient, grant_id FROM grants WHERE patient IN (SELECT patient FROM access_leaves WHERE height = ANY($1)))',
  access_leaves: 'height = ANY($1)',
  outbox: "split_part(message_id, '-', 1)::bigint = ANY($1)",
};

/** Rows of blocks, taken out of their tables into files of PostgreSQL's own, and copied in again. */
export class CopiedRows {
  count = 0;

  private constructor(
    private readonly database: Client,
    private readonly directory: string,
  ) {}

  static async open(databaseUrl: string, scratch: Scratch): Promise<CopiedRows> {
    const database = new Client({connectionString: databaseUrl});
    await database.connect();
    scratch.defer(() => database.end());
    const directory = scratch.directory('copied');
    // PostgreSQL runs under a user of its own.
    chmodSync(directory, 0o777);
    return new CopiedRows(database, directory);
  }

  async takeOut(heights: readonly bigint[]): Promise<void> {
    this.count = 0;
    const these = `'{${heights.join(',')}}'::bigint[]`;
    await this.#inTransaction(async () => {
      for (const [table, where] of Object.entries(OF_BLOCKS)) {
        const rows = `SELECT * FROM ${table} WHERE ${where.replace('$1', these)}`;
        const {rowCount} = await this.database.query(`COPY (${rows}) TO '${this.#file(table)}' (FORMAT binary)`);
        this.count += rowCount ?? 0;
      }
      for (const [table, where] of Object.entries(OF_BLOCKS).filter(([table]) => table !== 'access_leaves'))
        await this.database.query(`DELETE FROM ${table} WHERE ${where.replace('$1', these)}`);
      await this.database.query(`DELETE FROM access_leaves WHERE height = ANY(${these})`);
    });
  }

  async copyIn(): Promise<void> {
    await this.#inTransaction(async () => {
      for (const table of Object.keys(OF_BLOCKS))
        await this.database.query(`COPY ${table} FROM '${this.#file(table)}' (FORMAT binary)`);
    });
  }

  #file(table: string): string {
    return join(this.directory, table);
  }

  async #inTransaction(work: () => Promise<void>): Promise<void> {
    await this.database.query('BEGIN');
    try {
      await work();
      await this.database.query('COMMIT');
    } catch (error) {
      await this.database.query('ROLLBACK');
      throw error;
    }
  }
}
