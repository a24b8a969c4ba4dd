-- Several control processes speak with one supervisor: which run of it, to how many of them it listens, and which of them have noted it.
ALTER TABLE "supervisor" ADD COLUMN "run_id" UUID, ADD COLUMN "links" INTEGER NOT NULL DEFAULT 1, ADD COLUMN "controls" UUID[] NOT NULL DEFAULT '{}';

-- Until when a control process has written down which supervisors it held. One that is away may hold some that nobody else knows of.
CREATE TABLE "control_process" (
    "id" UUID NOT NULL,
    "noted_until" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "control_process_pkey" PRIMARY KEY ("id")
);
