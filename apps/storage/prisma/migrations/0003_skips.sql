-- runs-from: 0003_skips.sql
-- Numbers that devices give up. A skip goes into a transaction like a record; nothing is stored for it.
CREATE TABLE skips (
  -- T("skip", bytes): what the device signed.
  skip_id         text PRIMARY KEY,
  patient         text NOT NULL,
  device          text NOT NULL,
  registration    bigint NOT NULL,
  sequence        numeric(20) NOT NULL,
  skip            bytea NOT NULL,
  signature       bytea NOT NULL,
  traceparent     text,
  -- 1 its number has a record: it counts when that is refused · 2 waiting for a block · 4 refused · 5 skipped.
  state           smallint NOT NULL DEFAULT 2,
  anchor_tx       text,
  anchor_attempts integer NOT NULL DEFAULT 0,
  retry_at_ms     bigint NOT NULL DEFAULT 0,
  height          bigint,
  tx_id           text,
  log_index       numeric(20),
  refusal_code    bigint,
  UNIQUE (device, registration, sequence)
);
CREATE INDEX skips_to_anchor ON skips (patient, device, registration, sequence) WHERE state = 2 AND anchor_tx IS NULL;
CREATE INDEX skips_of_anchor ON skips (anchor_tx) WHERE anchor_tx IS NOT NULL;
