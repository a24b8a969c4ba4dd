-- How far up its tiers a question is, when the worker looks at it next, and why nobody can meet it where nobody can.
ALTER TABLE "approval" ADD COLUMN "tier" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "escalate_at" TIMESTAMPTZ(3),
  ADD COLUMN "route_judged_at" TIMESTAMPTZ(3),
  ADD COLUMN "unmet" TEXT;
-- Which calls a person had when they signed; who is on call changes by the hour.
ALTER TABLE "approval_signature" ADD COLUMN "on_call" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
-- The worker's two questions, over what waits alone: what is new, and what is due.
CREATE INDEX "approval_unjudged" ON "approval" ("requested_at") WHERE "route_judged_at" IS NULL AND "state" IN ('pending', 'partially_approved');
CREATE INDEX "approval_escalate_at" ON "approval" ("escalate_at") WHERE "escalate_at" IS NOT NULL AND "state" IN ('pending', 'partially_approved');
