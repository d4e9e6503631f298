-- runs-from: 0002_keys.sql
-- Whose key signs a request, as the ledger events told: a patient's newest key is hers, every other one was replaced.

CREATE TABLE patient_keys (
  key_id text PRIMARY KEY,
  patient text NOT NULL,
  -- 33 bytes, compressed.
  public_key bytea NOT NULL,
  -- Place on the ledger of the event that told it, uint64 and uint32: events may come twice, and late.
  height numeric(20) NOT NULL,
  place bigint NOT NULL
);
CREATE INDEX patient_keys_of_patient ON patient_keys (patient, height DESC, place DESC);
