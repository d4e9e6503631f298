-- runs-from: 0005_quotas.sql
-- What devices and owners may still send, for all processes of ingest together. Not logged: after a crash or a
-- fail-over it is empty, and everybody has her burst once more.
CREATE UNLOGGED TABLE quota_levels (
  -- device, owner
  kind        text NOT NULL,
  owner       text NOT NULL,
  -- Thousandths of a record that were left at that time, by this database's clock.
  thousandths bigint NOT NULL,
  at_ms       bigint NOT NULL,
  PRIMARY KEY (kind, owner)
) WITH (fillfactor = 50);
