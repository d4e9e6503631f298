-- Whose key signs a request, as the ledger events told.

CREATE TABLE patient_keys (
  key_id text PRIMARY KEY,
  patient text NOT NULL,
  -- 33 bytes, compressed.
  public_key bytea NOT NULL,
  -- False: replaced.
  current boolean NOT NULL
);
CREATE INDEX patient_keys_of_patient ON patient_keys (patient);
