-- A stop of an agent, or of everything, revokes the access tokens that were made before it.
ALTER TABLE "agent" ADD COLUMN "tokens_from" TIMESTAMPTZ(3);
