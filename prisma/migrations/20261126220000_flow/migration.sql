-- How long people take, whether they looked, and agents that ask more than anybody can answer.
CREATE TABLE "wait_forecast" (
    "route" TEXT NOT NULL,
    "hour" INTEGER NOT NULL,
    "p50_ms" INTEGER NOT NULL,
    "p90_ms" INTEGER NOT NULL,
    "settled" INTEGER NOT NULL,
    "decided" INTEGER NOT NULL,
    "learned_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wait_forecast_pkey" PRIMARY KEY ("route", "hour"),
    CONSTRAINT "wait_forecast_hour" CHECK ("hour" BETWEEN -1 AND 23)
);

CREATE TABLE "approval_view" (
    "approval_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_view_pkey" PRIMARY KEY ("approval_id", "person_id")
);
CREATE INDEX "approval_view_person_id_first_at_idx" ON "approval_view"("person_id", "first_at");

CREATE TABLE "flood" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "asks" INTEGER NOT NULL,
    "limit" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flood_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "flood_order_id_key" ON "flood"("order_id");
CREATE INDEX "flood_agent_id_at_idx" ON "flood"("agent_id", "at");

-- What was asked in the last minute, by everybody.
CREATE INDEX "approval_requested_at_idx" ON "approval"("requested_at");
-- What one person decided lately.
CREATE INDEX "approval_signature_person_id_at_idx" ON "approval_signature"("person_id", "at");
