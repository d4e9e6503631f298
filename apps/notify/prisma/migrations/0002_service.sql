-- Whose key signs a request, as the ledger events told; and what keeps a message or a request from taking effect twice.

CREATE TABLE patient_keys (
  key_id text PRIMARY KEY,
  patient text NOT NULL,
  -- 33 bytes, compressed.
  public_key bytea NOT NULL,
  -- False: replaced.
  current boolean NOT NULL
);
CREATE INDEX patient_keys_of_patient ON patient_keys (patient);

CREATE TABLE consumer_offsets (
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);

CREATE TABLE request_nonces (
  key_id text NOT NULL,
  nonce text NOT NULL,
  -- Unix seconds.
  until_seconds bigint NOT NULL,
  PRIMARY KEY (key_id, nonce)
);
CREATE INDEX request_nonces_until ON request_nonces (until_seconds);
