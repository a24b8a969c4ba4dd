-- Automatic stops: what detectors stopped, and what they would have stopped beyond their measure, which a person looks at.
CREATE TABLE "detector_stop" (
    "id" UUID NOT NULL,
    "detector" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "order_id" UUID,
    "alert_id" UUID,

    CONSTRAINT "detector_stop_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "detector_stop_detector_at_idx" ON "detector_stop"("detector", "at");
CREATE UNIQUE INDEX "detector_stop_alert_id_session_id_key" ON "detector_stop"("alert_id", "session_id");

CREATE TABLE "detector_alert" (
    "id" UUID NOT NULL,
    "detector" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" JSONB,

    CONSTRAINT "detector_alert_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "detector_alert_acknowledged_at_idx" ON "detector_alert"("acknowledged_at");

-- A dead-man switch: where nobody says that they are here for so long, its agent or the whole environment is paused or stopped.
CREATE TABLE "dead_man" (
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "after_minutes" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'armed',
    "armed_by" JSONB NOT NULL,
    "armed_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_by" JSONB NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" JSONB,
    "order_id" UUID,

    CONSTRAINT "dead_man_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dead_man_state_idx" ON "dead_man"("state");
CREATE INDEX "dead_man_scope_target_idx" ON "dead_man"("scope", "target");
