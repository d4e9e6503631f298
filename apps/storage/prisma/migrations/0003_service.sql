CREATE TABLE consumer_offsets (
  topic       text NOT NULL,
  partition   integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, partition)
);

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic        text NOT NULL,
  key          bytea NOT NULL,
  value        bytea NOT NULL,
  content_type text NOT NULL,
  message_id   text NOT NULL,
  traceparent  text
);

CREATE TABLE request_nonces (
  key_id        text NOT NULL,
  nonce         text NOT NULL,
  until_seconds bigint NOT NULL,
  PRIMARY KEY (key_id, nonce)
);
CREATE INDEX request_nonces_until ON request_nonces (until_seconds);
