-- Where each stream stood at the newest checkpoint: what a worker begins with, instead of reading every checkpoint again.
-- It proves nothing: a worker holds it against the newest signed root before it believes it.
CREATE TABLE log.covered (
  stream text PRIMARY KEY,
  seq    bigint NOT NULL,
  head   text NOT NULL
) WITH (fillfactor = 70);

-- Of a checkpoint only the heads that moved since the one before are kept, as canonical JSON: [[stream, seq, head], …].
COMMENT ON COLUMN log.checkpoint.heads IS 'canonical JSON of the heads that moved since the checkpoint before';
