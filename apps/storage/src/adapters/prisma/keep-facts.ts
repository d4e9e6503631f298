import type {TakenBlock} from '../../application/ports.js';
import type {Session} from './database.js';
import {bytesOf} from './outbox-rows.js';

type Blocks = readonly TakenBlock[];

/** Decided requests of blocks, by one statement. */
export async function keepRequests(session: Session, blocks: Blocks): Promise<void> {
  const rows = blocks.flatMap(({at: {height}, facts}) => facts.requests.map((request) => ({...request, height})));
  if (rows.length === 0) return;
  const texts = (of: (row: (typeof rows)[number]) => string | number | bigint): string[] =>
    rows.map((row) => String(of(row)));
  await session.$executeRaw`
    INSERT INTO access_requests (tx_id, height, signer_key_id, patient, type_tag, slot_from, slot_to, permit, record_log_size, release_until_height, release_until_time)
    SELECT tx_id, height, signer, patient, type_tag, slot_from, slot_to, permit, log_size, until_height, until_time
    FROM unnest(${texts(({txId}) => txId)}::text[], ${texts(({height}) => height)}::text[]::bigint[],
      ${texts(({signerKeyId}) => signerKeyId)}::text[], ${texts(({patient}) => patient)}::text[],
      ${texts(({typeTag}) => typeTag)}::text[], ${texts(({slotFrom}) => slotFrom)}::text[]::bigint[],
      ${texts(({slotTo}) => slotTo)}::text[]::bigint[], ${rows.map(({permit}) => permit)}::boolean[],
      ${texts(({recordLogSize}) => recordLogSize)}::text[]::numeric[],
      ${texts(({releaseUntilHeight}) => releaseUntilHeight)}::text[]::numeric[],
      ${texts(({releaseUntilTime}) => releaseUntilTime)}::text[]::numeric[])
      AS decided (tx_id, height, signer, patient, type_tag, slot_from, slot_to, permit, log_size, until_height, until_time)
    ON CONFLICT DO NOTHING`;
}

/** Keys of devices that blocks have registered, by one statement. */
export async function keepDevices(session: Session, blocks: Blocks): Promise<void> {
  const devices = blocks.flatMap(({facts}) => facts.devices);
  if (devices.length === 0) return;
  await session.$executeRaw`
    INSERT INTO devices (device, public_key)
    SELECT * FROM unnest(${devices.map(({device}) => device)}::text[], ${devices.map(({publicKey}) => bytesOf(publicKey))}::bytea[])
    ON CONFLICT DO NOTHING`;
}

/** Keys that became the current ones of readers; of one reader the last of these is, and none that is stored. */
export async function keepReaders(session: Session, blocks: Blocks): Promise<void> {
  const told = blocks.flatMap(({facts}) => facts.readers);
  if (told.length === 0) return;
  const current = new Map(told.map(({identity, keyId}) => [identity, keyId]));
  // A key that was told of twice is written once, as it was told last.
  const readers = [...new Map(told.map((reader) => [reader.keyId, reader])).values()];
  await session.$executeRaw`
    UPDATE reader_keys SET current = false WHERE current AND identity = ANY(${[...current.keys()]}::text[])`;
  await session.$executeRaw`
    INSERT INTO reader_keys (key_id, public_key, identity, kind, current)
    SELECT * FROM unnest(${readers.map(({keyId}) => keyId)}::text[], ${readers.map(({publicKey}) => bytesOf(publicKey))}::bytea[],
      ${readers.map(({identity}) => identity)}::text[], ${readers.map(({kind}) => kind)}::text[],
      ${readers.map(({identity, keyId}) => current.get(identity) === keyId)}::boolean[])
    ON CONFLICT (key_id) DO UPDATE SET public_key = EXCLUDED.public_key, identity = EXCLUDED.identity, kind = EXCLUDED.kind, current = EXCLUDED.current`;
}
