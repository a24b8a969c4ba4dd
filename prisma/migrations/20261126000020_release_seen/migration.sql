-- Which request for a release control has seen, and since when. Control alone writes it, so that the ten minutes of a lone release
-- cannot be put into the past by whoever may write requests.
ALTER TABLE "switch_order" ADD COLUMN "release_seen" JSONB;
