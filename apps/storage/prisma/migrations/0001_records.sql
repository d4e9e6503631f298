-- Records, authoritative for (device, registration, sequence). Ids are lower-case hexadecimal.
-- A uint32 of the protocol is a bigint here and a uint64 a numeric(20): whatever a legal number is, it can be written.
-- Heights and times of blocks are CometBFT's int64: bigint.
CREATE TABLE records (
  record_id        text PRIMARY KEY,
  place            bigint GENERATED ALWAYS AS IDENTITY,
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
  pack_root        text,
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
CREATE INDEX records_to_pack ON records (place) WHERE state = 1;
CREATE INDEX records_to_anchor ON records (patient, device, registration, sequence) WHERE state = 2 AND anchor_tx IS NULL;
CREATE INDEX records_of_anchor ON records (anchor_tx) WHERE anchor_tx IS NOT NULL;
CREATE INDEX records_to_release ON records (patient, log_index) WHERE state = 3;

-- Until the pack is pinned; never a cache.
CREATE TABLE waiting_ciphertexts (
  record_id  text PRIMARY KEY REFERENCES records ON DELETE CASCADE,
  ciphertext bytea NOT NULL
);

-- Twice-sealed record keys, apart from everything else because they are what erasure deletes.
CREATE TABLE sealed_keys (
  record_id  text PRIMARY KEY REFERENCES records ON DELETE CASCADE,
  sealed_key bytea NOT NULL
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

CREATE TABLE packs (
  root      text PRIMARY KEY,
  replicas  integer NOT NULL,
  records   integer NOT NULL,
  pinned_at timestamptz NOT NULL DEFAULT now()
);
