-- For a while no new session of an agent opens: the stop of one session is not undone by opening the next.
CREATE TABLE "session_hold" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "placed_by" JSONB NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" JSONB,

    CONSTRAINT "session_hold_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "session_hold_agent_id_until_idx" ON "session_hold"("agent_id", "until");
CREATE INDEX "session_hold_order_id_idx" ON "session_hold"("order_id");
