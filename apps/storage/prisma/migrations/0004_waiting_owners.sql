-- runs-from: 0004_waiting_owners.sql
-- Owners with entries that no transaction carries, and when each is looked at: a look costs what may be sent, not what waits.
CREATE TABLE waiting_owners (
  patient    text PRIMARY KEY,
  -- The newest wake that made or changed the row. Never the same again, also when the row was gone in between: a look
  -- from before puts nobody to rest and takes no row out.
  woken      bigint NOT NULL,
  -- Looks in a row that found nothing to send; 0: she is awake.
  rests      integer NOT NULL DEFAULT 0,
  look_at_ms bigint NOT NULL DEFAULT 0,
  -- Looks that were written down: of many devices, the next ones are looked at each time.
  looks      integer NOT NULL DEFAULT 0,
  -- Registrations that waited at the last look for a number that never came.
  held       integer NOT NULL DEFAULT 0
);
CREATE INDEX waiting_owners_awake ON waiting_owners (patient) WHERE rests = 0;
CREATE INDEX waiting_owners_at_rest ON waiting_owners (look_at_ms) WHERE rests > 0;

-- Whose entries came or were freed since the last look. Rows are only added, so that no writer waits for another one.
-- Always, whoever has entries that no transaction carries has a row here or above.
CREATE TABLE wakes (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  patient text NOT NULL
);
CREATE FUNCTION wake_owners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO wakes (patient) SELECT DISTINCT patient FROM changed WHERE state = 2 AND anchor_tx IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER records_come AFTER INSERT ON records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wake_owners();
CREATE TRIGGER records_change AFTER UPDATE ON records REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wake_owners();
CREATE TRIGGER skips_come AFTER INSERT ON skips REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wake_owners();
CREATE TRIGGER skips_change AFTER UPDATE ON skips REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wake_owners();
