-- The append-only log. It lives outside Prisma's view: partitions, triggers and xid8 are Postgres's own business.
CREATE SCHEMA IF NOT EXISTS log;

-- One row a stream: where it ends. Whoever moves it from (last_seq, head) owns the next numbers, so a number is never skipped or given twice.
CREATE TABLE log.stream (
  id         text PRIMARY KEY,
  last_seq   bigint NOT NULL DEFAULT 0,
  head       text NOT NULL DEFAULT repeat('0', 64),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);

CREATE TABLE log.event (
  stream      text NOT NULL,
  seq         bigint NOT NULL,
  month       date NOT NULL,
  id          uuid NOT NULL,
  type        text NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  agent_id    uuid,
  body        text NOT NULL, -- canonical JSON: exactly the bytes that were hashed
  hash        text NOT NULL,
  PRIMARY KEY (stream, seq, month)
) PARTITION BY RANGE (month);

CREATE INDEX event_agent_time ON log.event (agent_id, recorded_at);
CREATE INDEX event_recorded_at ON log.event USING brin (recorded_at);
CREATE INDEX event_feed ON log.event (xid, stream, seq);

CREATE TABLE log.checkpoint (
  idx        bigint PRIMARY KEY,
  id         uuid NOT NULL UNIQUE,
  at         timestamptz(3) NOT NULL,
  tree_size  int NOT NULL,
  root       text NOT NULL,
  previous   text NOT NULL,
  hash       text NOT NULL UNIQUE,
  jws        text NOT NULL,
  heads      text NOT NULL -- canonical JSON of the stream heads that the root covers
);

-- Where a checkpoint was handed to, outside this database.
CREATE TABLE log.anchor_receipt (
  checkpoint_idx bigint NOT NULL REFERENCES log.checkpoint (idx),
  anchor         text NOT NULL,
  at             timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  ok             boolean NOT NULL,
  detail         text NOT NULL DEFAULT '',
  PRIMARY KEY (checkpoint_idx, anchor, at)
);

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON log.event FOR EACH ROW EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON log.event FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE ON log.checkpoint FOR EACH ROW EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON log.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();

-- Streams only ever move forward.
CREATE FUNCTION log.refuse_rewind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_seq <= OLD.last_seq OR NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'stream % cannot be rewound', OLD.id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stream_forward_only BEFORE UPDATE ON log.stream FOR EACH ROW EXECUTE FUNCTION log.refuse_rewind();
CREATE TRIGGER stream_no_delete BEFORE DELETE ON log.stream FOR EACH ROW EXECUTE FUNCTION log.refuse_change();

-- A month's partition: made at boot and ahead of time by the worker; the default one catches what comes before that.
-- TRUNCATE triggers do not descend to partitions, so each gets its own.
CREATE FUNCTION log.ensure_month(day date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  first date := date_trunc('month', day)::date;
  name text := 'event_' || to_char(first, 'YYYY_MM');
BEGIN
  IF to_regclass('log.' || name) IS NULL THEN
    EXECUTE format('CREATE TABLE IF NOT EXISTS log.%I PARTITION OF log.event FOR VALUES FROM (%L) TO (%L)', name, first, (first + interval '1 month')::date);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON log.%I FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change()', name || '_no_truncate', name);
  END IF;
  RETURN name;
END $$;

CREATE TABLE log.event_default PARTITION OF log.event DEFAULT;
CREATE TRIGGER event_default_no_truncate BEFORE TRUNCATE ON log.event_default FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
SELECT log.ensure_month(current_date);
SELECT log.ensure_month((current_date + interval '1 month')::date);

INSERT INTO public.switch_generation (id, generation) VALUES (1, 0);
