-- What one closed session teaches about its agent; without a summary where it taught nothing. Kept as long as the window that baselines are learned from.
CREATE TABLE "behaviour_session" (
    "session_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "summary" JSONB,
    CONSTRAINT "behaviour_session_pkey" PRIMARY KEY ("session_id")
);
CREATE INDEX "behaviour_session_agent_id_ended_at_idx" ON "behaviour_session"("agent_id", "ended_at");

-- What is usual for an agent, as of the sessions that "basis" is the hash of.
CREATE TABLE "behaviour_baseline" (
    "agent_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "basis" TEXT NOT NULL,
    "sessions" INTEGER NOT NULL,
    "calls" INTEGER NOT NULL,
    "summary" JSONB NOT NULL,
    "learned_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "behaviour_baseline_pkey" PRIMARY KEY ("agent_id")
);

-- Closed sessions are looked for by when they ended.
CREATE INDEX "session_state_ended_at_idx" ON "session"("state", "ended_at");
