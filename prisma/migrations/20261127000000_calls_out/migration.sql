-- What was permitted and has not ended: a stop asks for it while it is being pressed, and must not read every call that there ever was.
CREATE INDEX "action_out" ON "action" ("session_id") WHERE "permit_expires_at" IS NOT NULL AND "finished_at" IS NULL;
