-- Notify: channels and their sealed secrets, what each is told and each attempt at it, windows that gather many asks into one, and how far the log has been read for it.
CREATE TABLE "channel" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "leads_to" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "default_page" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "last_ok_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "channel_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "channel_kind_known" CHECK ("kind" IN ('webhook', 'slack', 'pagerduty', 'email'))
);
-- Routes name channels, so a name means one channel at a time; one that was removed gives its name back.
CREATE UNIQUE INDEX "channel_live_name" ON "channel"("name") WHERE "removed_at" IS NULL;
CREATE UNIQUE INDEX "channel_one_default_page" ON "channel"("default_page") WHERE "default_page" AND "removed_at" IS NULL;

CREATE TABLE "channel_secret" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "channel_secret_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "channel_secret_what_known" CHECK ("what" IN ('address', 'signing', 'key', 'password'))
);
CREATE INDEX "channel_secret_channel_id_idx" ON "channel_secret"("channel_id");
-- Of each there is one that goes on, and beside it at most what still ends.
CREATE UNIQUE INDEX "channel_secret_one_lasting" ON "channel_secret"("channel_id", "what") WHERE "ends_at" IS NULL;

CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "place" BIGSERIAL NOT NULL,
    "channel_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "moment" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "critical" BOOLEAN NOT NULL DEFAULT false,
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "group_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "notice_act_known" CHECK ("act" IN ('trigger', 'resolve')),
    CONSTRAINT "notice_state_known" CHECK ("state" IN ('waiting', 'grouped', 'delivered', 'overtaken', 'dead', 'discarded')),
    CONSTRAINT "notice_done_when_over" CHECK (("state" IN ('waiting', 'grouped')) = ("done_at" IS NULL))
);
CREATE UNIQUE INDEX "notice_channel_id_subject_moment_key" ON "notice"("channel_id", "subject", "moment");
CREATE INDEX "notice_state_due_at_idx" ON "notice"("state", "due_at");
CREATE INDEX "notice_subject_idx" ON "notice"("subject");
CREATE INDEX "notice_group_id_idx" ON "notice"("group_id");

CREATE TABLE "notice_attempt" (
    "id" UUID NOT NULL,
    "notice_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "ok" BOOLEAN NOT NULL,
    "status" INTEGER,
    "duration_ms" INTEGER NOT NULL,
    "error" TEXT,

    CONSTRAINT "notice_attempt_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "notice_attempt_notice_id_idx" ON "notice_attempt"("notice_id");
CREATE INDEX "notice_attempt_at_idx" ON "notice_attempt"("at");

CREATE TABLE "notice_window" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "rounds" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "notice_window_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "notice_window_channel_id_key_key" ON "notice_window"("channel_id", "key");

CREATE TABLE "notice_cursor" (
    "id" INTEGER NOT NULL,
    "stream" TEXT,
    "seq" BIGINT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notice_cursor_pkey" PRIMARY KEY ("id")
);

-- An alert may be about this installation itself, as a channel that fails is: then it names what, and no session.
ALTER TABLE "alert" ALTER COLUMN "agent_id" DROP NOT NULL,
ALTER COLUMN "session_id" DROP NOT NULL,
ADD COLUMN "about" TEXT,
ADD CONSTRAINT "alert_about_something" CHECK (("about" IS NULL) = ("session_id" IS NOT NULL AND "agent_id" IS NOT NULL));
-- The worker closes what it sees to be over by itself, and labels nothing that a detector saw: that is for people.
CREATE FUNCTION "alert_worker_closes_own"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF session_user = 'countersign_worker' AND OLD.about IS NULL THEN
    RAISE EXCEPTION 'the worker closes no alert that is about a session' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "alert_worker_closes_own" BEFORE UPDATE OF "state", "closed_at", "closed_by", "closed_as", "note" ON "alert" FOR EACH ROW EXECUTE FUNCTION "alert_worker_closes_own"();
