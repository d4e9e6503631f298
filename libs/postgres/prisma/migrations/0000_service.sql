-- What every service with a database has beside its own tables. Applied first; the code for it is in libs/postgres.

-- How far each topic was handled, beside the effects.
CREATE TABLE consumer_offsets (
  topic       text NOT NULL,
  partition   integer NOT NULL,
  next_offset bigint NOT NULL,
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
