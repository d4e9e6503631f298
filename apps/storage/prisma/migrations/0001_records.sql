-- runs-from: 0001_records.sql
-- A uint32 of the protocol is a bigint here and a uint64 a numeric(20): whatever a legal number is, it can be written.
-- Heights and times of blocks are CometBFT's int64: bigint.

-- Packs on IPFS. A root is here before it is pinned, and for as long as it may be: none is pinned that no row names.
-- Leases are by this database's clock alone.
CREATE TABLE packs (
  -- It follows from the ciphertexts in it and its id: whoever makes this pack makes the same root, and no other has it.
  root        text PRIMARY KEY,
  -- 16 random bytes; null: one block that is pinned for a moment, or what was pinned after it was given up.
  id          bytea,
  -- making: waiting ciphertexts name it · pinned: records name it · dropping: to be unpinned, nothing names it.
  state       text NOT NULL DEFAULT 'making' CHECK (state IN ('making', 'pinned', 'dropping')),
  -- Whose hands it is in, until then; afterwards anybody may take it up.
  owner       text,
  lease_until timestamptz NOT NULL,
  failures    integer NOT NULL DEFAULT 0,
  replicas    integer NOT NULL DEFAULT 0,
  pinned_at   timestamptz
);
CREATE INDEX packs_in_work ON packs (state, lease_until) WHERE state <> 'pinned';

-- Records, authoritative for (device, registration, sequence). Ids are lower-case hexadecimal.
CREATE TABLE records (
  record_id        text PRIMARY KEY,
  device           text NOT NULL,
  registration     bigint NOT NULL,
  sequence         numeric(20) NOT NULL,
  patient          text NOT NULL,
  type_tag         text NOT NULL,
  slot             bigint NOT NULL,
  header           bytea NOT NULL,
  ciphertext_hash  bytea NOT NULL,
  ciphertext_bytes integer NOT NULL,
  inner_key_hash   bytea NOT NULL,
  sealed_key_hash  bytea NOT NULL,
  signature        bytea NOT NULL,
  receipt          bytea NOT NULL,
  accepted_at_ms   numeric(20) NOT NULL,
  -- W3C trace context of the post that brought it: spans of packs and anchors link to it.
  traceparent      text,
  -- 1 accepted, 2 stored, 3 anchored, 4 refused: RecordState of storage.proto.
  state            smallint NOT NULL DEFAULT 1,
  cid              text NOT NULL,
  -- The pack that holds its ciphertext; null: it is not pinned yet.
  pack_root        text REFERENCES packs,
  replicas         integer NOT NULL DEFAULT 0,
  -- The transaction that carries its entry now.
  anchor_tx        text,
  anchor_attempts  integer NOT NULL DEFAULT 0,
  retry_at_ms      bigint NOT NULL DEFAULT 0,
  height           bigint,
  tx_id            text,
  log_index        numeric(20),
  refusal_code     bigint,
  UNIQUE (device, registration, sequence)
);
CREATE INDEX records_to_anchor ON records (patient, device, registration, sequence) WHERE state = 2 AND anchor_tx IS NULL;
CREATE INDEX records_of_anchor ON records (anchor_tx) WHERE anchor_tx IS NOT NULL;
CREATE INDEX records_of_pack ON records (pack_root) WHERE pack_root IS NOT NULL;
-- A page of a release, of all types or of one: each in the order of its index, so that no row is looked at in vain.
CREATE INDEX records_by_hour ON records (patient, slot, log_index) WHERE state = 3;
CREATE INDEX records_by_type ON records (patient, type_tag, slot, log_index) WHERE state = 3;

-- Until the pack is pinned; never a cache.
CREATE TABLE waiting_ciphertexts (
  record_id  text PRIMARY KEY REFERENCES records ON DELETE CASCADE,
  patient    text NOT NULL,
  -- Owners take turns: one more than her last one that waits, and not below the first of all that wait.
  turn       bigint NOT NULL,
  place      bigint GENERATED ALWAYS AS IDENTITY,
  ciphertext bytea NOT NULL,
  -- The pack that it goes into; null: any.
  pack_root  text REFERENCES packs
);
-- It cannot be compressed: that is not tried.
ALTER TABLE waiting_ciphertexts ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
CREATE INDEX waiting_ciphertexts_to_pack ON waiting_ciphertexts (turn, place) WHERE pack_root IS NULL;
CREATE INDEX waiting_ciphertexts_of_owner ON waiting_ciphertexts (patient, turn) WHERE pack_root IS NULL;
CREATE INDEX waiting_ciphertexts_of_pack ON waiting_ciphertexts (pack_root) WHERE pack_root IS NOT NULL;

-- Twice-sealed record keys, apart from everything else because they are what erasure deletes.
CREATE TABLE sealed_keys (
  record_id  text PRIMARY KEY REFERENCES records ON DELETE CASCADE,
  sealed_key bytea NOT NULL
);

-- Leaves of ours whose record or skip is not here: a database that came back from a copy follows blocks before Kafka
-- brings again what it lacks. Taken out when it comes.
CREATE TABLE early_leaves (
  entry_id  text PRIMARY KEY,
  height    bigint NOT NULL,
  tx_id     text NOT NULL,
  log_index numeric(20) NOT NULL
);

-- Records that came under a number that another one has.
CREATE TABLE record_conflicts (
  record_id    text PRIMARY KEY,
  device       text NOT NULL,
  registration bigint NOT NULL,
  sequence     numeric(20) NOT NULL,
  receipt      bytea NOT NULL,
  found_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX record_conflicts_to_forget ON record_conflicts (found_at);
