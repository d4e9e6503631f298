-- runs-from: 0002_ledger.sql
-- Transactions that anchor records: their bytes are durable before they are sent, so a restart never signs other bytes under the same nonce.
CREATE TABLE anchors (
  tx_id             text PRIMARY KEY,
  -- CometBFT's hash: with the trace context it links the ledger's spans (D-1).
  tx_hash           text NOT NULL,
  tx                bytea NOT NULL,
  key_id            text NOT NULL,
  nonce             numeric(20) NOT NULL,
  expires_at_height numeric(20) NOT NULL,
  expires_at_time   numeric(20) NOT NULL,
  -- open, included, expired, failed
  state             text NOT NULL DEFAULT 'open',
  code              bigint,
  height            bigint,
  traceparent       text,
  signed_at         timestamptz NOT NULL DEFAULT now(),
  -- Record ids and skip ids in their order, also after they went on into another transaction: whichever a block has,
  -- counts.
  entries           text[] NOT NULL
);
-- A nonce is used again when no block took the transaction that had it.
CREATE UNIQUE INDEX anchors_open ON anchors (key_id, nonce) WHERE state = 'open';
CREATE INDEX anchors_kept ON anchors (key_id, nonce) WHERE state IN ('open', 'included');
CREATE INDEX anchors_to_forget ON anchors (expires_at_height) WHERE state <> 'open';

CREATE TABLE signing_nonces (
  key_id        text PRIMARY KEY,
  next          numeric(20) NOT NULL,
  -- Since when a transaction waits while no block took any of this key's.
  waiting_since timestamptz
);

-- One row: the newest block whose effect is here.
CREATE TABLE ledger_cursor (
  id         integer PRIMARY KEY CHECK (id = 1),
  height     bigint NOT NULL,
  block_time bigint NOT NULL,
  -- Of its header: the chain is compared with it before the next block is taken.
  hash       bytea
);
INSERT INTO ledger_cursor VALUES (1, 0, 0, NULL);

-- The ledger's windows of numbers and its buckets for entries, counted from the blocks as the ledger counts them
-- (docs/protocol.md §3.6, §4.3), whoever anchored: what they would refuse is not sent.
CREATE TABLE registrations (
  device            text NOT NULL,
  registration      bigint NOT NULL,
  -- Lowest number that is neither anchored nor skipped, and which above it are: bit i is lowest_open + i.
  lowest_open       numeric(20) NOT NULL,
  taken             bytea NOT NULL,
  removed_at_height bigint,
  removed_at_time   bigint,
  PRIMARY KEY (device, registration)
);
CREATE TABLE entry_buckets (
  -- device, owner, organisation
  kind   text NOT NULL,
  owner  text NOT NULL,
  tokens bigint NOT NULL,
  time   bigint NOT NULL,
  PRIMARY KEY (kind, owner)
);

-- Decided access requests, permitted or not, as the blocks have them.
CREATE TABLE access_requests (
  tx_id                text PRIMARY KEY,
  height               bigint NOT NULL,
  signer_key_id        text NOT NULL,
  patient              text NOT NULL,
  type_tag             text NOT NULL,
  slot_from            bigint NOT NULL,
  slot_to              bigint NOT NULL,
  permit               boolean NOT NULL,
  record_log_size      numeric(20) NOT NULL,
  release_until_height numeric(20) NOT NULL,
  release_until_time   numeric(20) NOT NULL
);
CREATE INDEX access_requests_to_forget ON access_requests (height);

-- Keys of patients and members, who may ask for access. A key never becomes anyone else's; a replaced one is not current.
CREATE TABLE reader_keys (
  key_id     text PRIMARY KEY,
  public_key bytea NOT NULL,
  identity   text NOT NULL,
  kind       text NOT NULL,
  current    boolean NOT NULL
);
CREATE INDEX reader_keys_identity ON reader_keys (identity) WHERE current;

-- Public keys of devices, which readers check signatures with.
CREATE TABLE devices (
  device     text PRIMARY KEY,
  public_key bytea NOT NULL
);
