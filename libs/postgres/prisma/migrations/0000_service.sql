-- runs-from: 0000_service.sql
-- What every service with a database has beside its own tables. Applied first; the code for it is in libs/postgres.

-- How far each partition was taken, beside the effects, and by what Kafka is known again.
CREATE TABLE consumer_offsets (
  topic       text NOT NULL,
  partition   integer NOT NULL,
  next_offset bigint NOT NULL,
  -- Kafka's id of the cluster that the records were read from.
  cluster_id  text NOT NULL,
  -- SHA-256 of the record before next_offset, hex; null: a person had it begin here.
  last_hash   text,
  -- Why what Kafka has does not continue this position; null: it does, or nobody has looked.
  stands      text,
  PRIMARY KEY (topic, partition)
);

-- What a person decided about positions. Written by hand only, and never deleted.
CREATE TABLE position_decisions (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  decided_at      timestamptz NOT NULL DEFAULT now(),
  decided_by      text NOT NULL,
  topic           text NOT NULL,
  partition       integer NOT NULL,
  stands          text NOT NULL,
  given_up_offset bigint NOT NULL,
  given_up_cluster text NOT NULL,
  given_up_hash   text,
  begins_offset   bigint NOT NULL,
  begins_cluster  text NOT NULL
);

-- Messages of topics that were not taken, set aside in the transaction that steps over them. What nobody has resolved is
-- never deleted; of what somebody has, the bytes are gone and the rest stays.
CREATE TABLE dead_letters (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  set_aside_at   timestamptz NOT NULL DEFAULT now(),
  -- Null: no version takes it, and nobody was asked.
  set_aside_by   text,
  reason         text NOT NULL,
  topic          text NOT NULL,
  partition      integer NOT NULL,
  message_offset bigint NOT NULL,
  cluster_id     text NOT NULL,
  -- SHA-256 of time, key, value and headers, hex: a place may come to have another message.
  message_hash   text NOT NULL,
  -- Hexadecimal; null: none can be read in it.
  record_id      text,
  -- Of key, value and headers, when it was set aside.
  bytes          integer NOT NULL,
  -- Null: resolved.
  key            bytea,
  value          bytea,
  -- JSON: by name a list of values in hexadecimal.
  headers        text,
  resolved_at    timestamptz,
  resolved_by    text,
  resolution     text CHECK (resolution IN ('sent', 'deleted')),
  UNIQUE (topic, partition, message_offset, cluster_id, message_hash),
  CHECK ((resolved_at IS NULL) = (resolution IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL)),
  CHECK ((resolved_at IS NULL) = (value IS NOT NULL) AND (value IS NULL) = (key IS NULL) AND (value IS NULL) = (headers IS NULL))
);
CREATE INDEX dead_letters_unresolved ON dead_letters (id) WHERE resolved_at IS NULL;
CREATE INDEX dead_letters_of_record ON dead_letters (record_id) WHERE record_id IS NOT NULL;

-- That a person has a message set aside at which its partition stands; one of a partition, gone with the step over it.
CREATE TABLE set_aside_orders (
  topic          text NOT NULL,
  partition      integer NOT NULL,
  message_offset bigint NOT NULL,
  cluster_id     text NOT NULL,
  ordered_at     timestamptz NOT NULL DEFAULT now(),
  ordered_by     text NOT NULL,
  PRIMARY KEY (topic, partition)
);

-- Messages for Kafka, written with the facts that they tell; gone when they are sent.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic        text NOT NULL,
  key          bytea NOT NULL,
  value        bytea NOT NULL,
  -- Null: an event.
  content_type text,
  message_id   text NOT NULL,
  traceparent  text,
  UNIQUE (topic, message_id)
);

-- Nonces of signed requests (RFC 9421).
CREATE TABLE request_nonces (
  key_id        text NOT NULL,
  nonce         text NOT NULL,
  -- Unix seconds; later the request would be refused as stale anyway.
  until_seconds bigint NOT NULL,
  PRIMARY KEY (key_id, nonce)
);
CREATE INDEX request_nonces_until ON request_nonces (until_seconds);
