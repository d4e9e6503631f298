-- runs-from: 0001_alerts.sql
-- Alerts of the patients of one organisation, how they want to hear of them, and what was delivered. Ids are lower-case hexadecimal.

-- One row per patient that has alerts; its lock gives her alerts their numbers in the order of commits.
CREATE TABLE patients (
  patient text PRIMARY KEY,
  last_seq bigint NOT NULL DEFAULT 0
);

CREATE TABLE alerts (
  alert_id text PRIMARY KEY,
  patient text NOT NULL REFERENCES patients,
  seq bigint NOT NULL,
  kind integer NOT NULL,
  -- A uint64 of an alert, or a block time in milliseconds: wider than bigint.
  raised_at_ms numeric(24) NOT NULL,
  subject text NOT NULL,
  text text NOT NULL,
  reader text,
  organisation text,
  permit boolean,
  -- Canonical RequestAccess.
  request bytea,
  -- False: a rule of hers keeps it for the list only.
  pushed boolean NOT NULL,
  acknowledged boolean NOT NULL DEFAULT false,
  traceparent text,
  queued_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (patient, seq)
);

CREATE TABLE webhooks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  patient text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  secret text NOT NULL,
  -- Of the URL, with its port: deliveries to one host have a share of those under way.
  host text NOT NULL,
  -- When the next delivery to it may begin; null: none waits. So webhooks take turns, whoever has how many alerts.
  turn_at timestamptz,
  -- Until then a delivery to it is under way, or it rests after failures; a later alert does not shorten it.
  rest_until timestamptz NOT NULL DEFAULT now(),
  -- Deliveries in a row that failed.
  failures integer NOT NULL DEFAULT 0,
  UNIQUE (patient, url)
);
CREATE INDEX webhooks_turn ON webhooks (turn_at) WHERE turn_at IS NOT NULL;

CREATE TABLE rules (
  patient text NOT NULL,
  position integer NOT NULL,
  kind integer NOT NULL,
  reader text,
  organisation text,
  -- Minutes of the UTC day.
  quiet_from integer,
  quiet_to integer,
  action text NOT NULL CHECK (action IN ('deliver', 'store')),
  PRIMARY KEY (patient, position)
);

CREATE TABLE deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alerts ON DELETE CASCADE,
  webhook_id bigint NOT NULL REFERENCES webhooks ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  -- Status or name of the fault of the last attempt.
  last_outcome text,
  -- Rows are deleted 30 days after it, in whatever state.
  queued_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (alert_id, webhook_id)
);
CREATE INDEX deliveries_waiting ON deliveries (webhook_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id);
CREATE INDEX deliveries_queued ON deliveries (queued_at);
