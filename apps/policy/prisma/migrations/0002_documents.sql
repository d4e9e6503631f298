-- runs-from: 0002_documents.sql
-- What is policy's own and not a projection of the ledger.

-- D-1: hash of a transaction -> span of the request that posted it. Short-lived.
CREATE TABLE tx_traces (
  tx_hash     text   PRIMARY KEY,
  traceparent text   NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tx_traces_created ON tx_traces (created_at);

-- SignedWrapBundle by grant; deletable.
CREATE TABLE wrap_bundles (
  patient  text  NOT NULL,
  grant_id text  NOT NULL,
  version  bigint NOT NULL,
  value    bytea NOT NULL,
  PRIMARY KEY (patient, grant_id)
);

-- SignedMemberProfile by member.
CREATE TABLE member_profiles (
  member text  PRIMARY KEY,
  value  bytea NOT NULL
);

-- Sealed words of a reader about her request; deletable.
CREATE TABLE access_details (
  tx_id text  PRIMARY KEY,
  value bytea NOT NULL
);

CREATE TABLE complaints (
  reader  text NOT NULL,
  -- Record id, or transaction id of the permit.
  subject text NOT NULL,
  finding text NOT NULL,
  patient text NOT NULL,
  -- Days since the Unix epoch: so many of a reader about a patient are taken in one.
  day     int  NOT NULL,
  PRIMARY KEY (reader, subject, finding)
);
CREATE INDEX complaints_of_day ON complaints (reader, patient, day);

-- How often a permit was answered for a record; at most three times.
CREATE TABLE release_answers (
  tx_id     text NOT NULL,
  record_id text NOT NULL,
  answers   int  NOT NULL CHECK (answers BETWEEN 1 AND 3),
  PRIMARY KEY (tx_id, record_id)
);

-- Evidence: the reader's signed requests to storage, as received.
CREATE TABLE release_requests (
  tx_id              text   NOT NULL,
  -- Among the answers of that permit, from 1.
  number             int    NOT NULL,
  signed_request     bytea  NOT NULL,
  records            int    NOT NULL,
  verified_at_height bigint NOT NULL,
  released_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tx_id, number)
);
