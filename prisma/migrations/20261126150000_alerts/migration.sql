-- Alerts: what a person must look at, what their rules have done, what is muted, and how far the log has been read for them.
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "detector" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "agent_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "count" INTEGER NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "evidence" JSONB NOT NULL,
    "previous_id" UUID,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" JSONB,
    "assigned_at" TIMESTAMPTZ(3),
    "assigned_by" JSONB,
    "assigned_to" UUID,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" JSONB,
    "closed_as" TEXT,
    "note" TEXT,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id"),
    -- A closed alert says why, and when; no other does.
    CONSTRAINT "alert_closed_with_reason" CHECK (("state" = 'closed') = ("closed_as" IS NOT NULL AND "closed_at" IS NOT NULL))
);
CREATE INDEX "alert_state_last_at_idx" ON "alert"("state", "last_at");
CREATE INDEX "alert_session_id_rule_idx" ON "alert"("session_id", "rule");
CREATE INDEX "alert_agent_id_rule_idx" ON "alert"("agent_id", "rule");
CREATE INDEX "alert_closed_as_detector_idx" ON "alert"("closed_as", "detector");

CREATE TABLE "alert_act" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "rule" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "detector" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "incident" BOOLEAN NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "order_id" UUID,

    CONSTRAINT "alert_act_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "alert_act_session_id_seq_act_key" ON "alert_act"("session_id", "seq", "act");
CREATE INDEX "alert_act_done_at_idx" ON "alert_act"("done_at");

CREATE TABLE "alert_mute" (
    "id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "agent_id" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "why" TEXT NOT NULL,
    "muted_by" JSONB NOT NULL,
    "muted_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" JSONB,

    CONSTRAINT "alert_mute_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_mute_agent_id_rule_idx" ON "alert_mute"("agent_id", "rule");

CREATE TABLE "alert_cursor" (
    "id" INTEGER NOT NULL,
    "stream" TEXT,
    "seq" BIGINT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_cursor_pkey" PRIMARY KEY ("id")
);

-- Since when a session is held to what the bundle leaves one that something suspicious was seen in.
ALTER TABLE "session" ADD COLUMN "constrained_at" TIMESTAMPTZ(3);
