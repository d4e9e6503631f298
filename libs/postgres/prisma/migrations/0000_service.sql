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
