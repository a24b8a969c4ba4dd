-- What a supervisor proves itself with: bound to one agent and environment, and good for hearing orders alone.
CREATE TABLE "supervisor_key" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "supervisor_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "supervisor_key_hash_key" ON "supervisor_key"("hash");
CREATE INDEX "supervisor_key_agent_id_idx" ON "supervisor_key"("agent_id");
ALTER TABLE "supervisor_key" ADD CONSTRAINT "supervisor_key_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What holds one deployment's process, as control last saw it.
CREATE TABLE "supervisor" (
    "agent_id" UUID NOT NULL,
    "instance_id" TEXT NOT NULL,
    "key_id" UUID NOT NULL,
    "pid" INTEGER NOT NULL,
    "containment" TEXT,
    "on_control_loss" TEXT,
    "connected_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "holds_until" TIMESTAMPTZ(3) NOT NULL,
    "exited_at" TIMESTAMPTZ(3),
    "exit_evidence" TEXT,
    CONSTRAINT "supervisor_pkey" PRIMARY KEY ("agent_id", "instance_id")
);
ALTER TABLE "supervisor" ADD CONSTRAINT "supervisor_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Each piece of evidence with its time, instead of the last one alone.
ALTER TABLE "switch_target" ADD COLUMN "exited_at" TIMESTAMPTZ(3), ADD COLUMN "exit_evidence" TEXT, ADD COLUMN "exit_asked" BOOLEAN,
  ADD COLUMN "lease_lapsed_at" TIMESTAMPTZ(3), ADD COLUMN "unreachable_at" TIMESTAMPTZ(3), ADD COLUMN "confirmed_at" TIMESTAMPTZ(3);
UPDATE "switch_target" SET "confirmed_at" = coalesce("acknowledged_at", "ended_at", "ordered_at") WHERE "state" IN ('acknowledged', 'exited', 'lease_lapsed');
UPDATE "switch_target" SET "lease_lapsed_at" = "ended_at" WHERE "state" = 'lease_lapsed';
CREATE INDEX "switch_target_instance_id_idx" ON "switch_target"("instance_id");
ALTER TABLE "switch_order" ADD COLUMN "unconfirmed_at" TIMESTAMPTZ(3);
