-- runs-from: 0001_projection.sql
-- Projection of the ledger. Ids are lower-case hexadecimal text; `value` is the canonical ledger message that
-- docs/protocol.md §5 defines for the key, so that a row can be compared with a proof byte by byte.
-- A uint32 of the protocol is a bigint here and a uint64 a numeric(20): whatever a legal number is, it can be written.
-- Heights and times of blocks are CometBFT's int64: bigint. Places in a block and rules are our own counts: int.
CREATE TABLE blocks (
  height       bigint PRIMARY KEY,
  time_seconds bigint NOT NULL,
  -- Of its header: the chain is compared with it before the next block is projected. The genesis, block 0, has none.
  hash         bytea
);

CREATE TABLE organisations (
  id    text  PRIMARY KEY,
  value bytea NOT NULL
);

CREATE TABLE organisation_keys (
  key_id       text   PRIMARY KEY,
  organisation text   NOT NULL,
  role         bigint NOT NULL,
  value        bytea  NOT NULL
);
CREATE INDEX organisation_keys_organisation ON organisation_keys (organisation, role);

CREATE TABLE members (
  id           text  PRIMARY KEY,
  organisation text  NOT NULL,
  value        bytea NOT NULL
);

CREATE TABLE patients (
  id                text   PRIMARY KEY,
  value             bytea  NOT NULL,
  -- Leaves of her access log that are projected.
  access_log_size   numeric(20) NOT NULL
);

-- Every key that was ever somebody's; `value` is the KeyOwner, `public_key` the key itself.
CREATE TABLE keys (
  key_id     text  PRIMARY KEY,
  public_key bytea NOT NULL,
  value      bytea NOT NULL
);

CREATE TABLE devices (
  id    text  PRIMARY KEY,
  value bytea NOT NULL
);

CREATE TABLE registrations (
  device       text  NOT NULL,
  registration bigint NOT NULL,
  owner        text  NOT NULL,
  value        bytea NOT NULL,
  PRIMARY KEY (device, registration)
);
CREATE INDEX registrations_owner ON registrations (owner);

CREATE TABLE epoch_statements (
  patient  text  NOT NULL,
  type_tag text  NOT NULL,
  epoch    bigint NOT NULL,
  value    bytea NOT NULL,
  PRIMARY KEY (patient, type_tag, epoch)
);

-- SignedKeySuccession: which signing key took another's place, by its number from 1.
CREATE TABLE successions (
  patient text   NOT NULL,
  n       bigint NOT NULL,
  value   bytea  NOT NULL,
  PRIMARY KEY (patient, n)
);

-- Every version that was put, by its place in the chain: a revocation may carry any version.
CREATE TABLE grants (
  patient  text   NOT NULL,
  grant_id text   NOT NULL,
  height   bigint NOT NULL,
  tx_index int    NOT NULL,
  grantee  text   NOT NULL,
  value    bytea  NOT NULL,
  PRIMARY KEY (patient, grant_id, height, tx_index)
);

CREATE TABLE reads_used (
  patient  text   NOT NULL,
  grant_id text   NOT NULL,
  reads    numeric(20) NOT NULL,
  PRIMARY KEY (patient, grant_id)
);

CREATE TABLE transactions (
  tx_id    text   PRIMARY KEY,
  tx_hash  text   NOT NULL,
  height   bigint NOT NULL,
  tx_index int    NOT NULL,
  code     bigint NOT NULL,
  data     bytea  NOT NULL
);
CREATE INDEX transactions_place ON transactions (height, tx_index);

CREATE TABLE access_leaves (
  patient    text   NOT NULL,
  leaf_index numeric(20) NOT NULL,
  height     bigint NOT NULL,
  tx_id      text   NOT NULL,
  -- Canonical AccessLeaf exactly as the ledger gave it.
  value      bytea  NOT NULL,
  -- Of an access: the rule of docs/protocol.md §6 that refused; 0: permit.
  rule       int,
  by_grant   boolean,
  PRIMARY KEY (patient, leaf_index)
);
CREATE INDEX access_leaves_tx ON access_leaves (tx_id);
