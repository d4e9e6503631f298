import {inDatabase} from '../../../test/e2e/platform/platform.js';
import type {Platform} from '../../../test/e2e/platform/platform.js';

/** How many records have come how far, since the system began. */
export interface Stages {
  /** Taken from Kafka into storage's tables. */
  readonly taken: number;
  readonly packed: number;
  /** On the ledger, as blocks tell. */
  readonly anchored: number;
  /** Pins that they took. */
  readonly pins: number;
}

/** Counted by what costs nothing: places that were given, what waits, and windows of numbers. */
export async function stagesOf(platform: Platform): Promise<Stages> {
  return inDatabase(platform, 'storage', async (client) => {
    const {rows} = await client.query<Record<'taken' | 'waiting' | 'anchored' | 'pins', string>>(`
      SELECT (SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('waiting_ciphertexts', 'place')), 0)) AS taken,
        (SELECT count(*) FROM waiting_ciphertexts) AS waiting,
        (SELECT count(*) FROM packs WHERE state = 'pinned') AS pins,
        (SELECT coalesce(sum(lowest_open - 1 + bit_count(taken)), 0) FROM registrations) AS anchored`);
    const [row] = rows;
    if (row === undefined) throw new Error('no counts');
    const [taken, waiting, anchored] = [Number(row.taken), Number(row.waiting), Number(row.anchored)];
    return {taken, packed: taken - waiting, anchored, pins: Number(row.pins)};
  });
}
