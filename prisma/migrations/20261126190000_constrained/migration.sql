-- Why a session is held to less, beside since when; of those that are, the event says it.
ALTER TABLE "session" ADD COLUMN "constrained_by" JSONB;
UPDATE "session" s SET "constrained_by" = (
  SELECT jsonb_build_object('by', 'rule') || (e.body::jsonb -> 'data') FROM log.event e
  WHERE e.stream = 'session/' || s.id AND e.type = 'session.constrained' ORDER BY e.seq DESC LIMIT 1
) WHERE s."constrained_at" IS NOT NULL;
