-- What an ask's arguments look like, so that requests of one shape can be told apart from others without opening them.
ALTER TABLE "approval" ADD COLUMN "shape" TEXT;

-- What was decided is read from its newest end, also by who decided it, for ever.
CREATE INDEX "approval_decided_at_id_idx" ON "approval"("decided_at" DESC, "id" DESC);
CREATE INDEX "approval_decided_by_id_decided_at_idx" ON "approval"("decided_by_id", "decided_at" DESC);

CREATE TABLE "saved_view" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "saved_view_person_id_name_key" ON "saved_view"("person_id", "name");
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One person's word on many approvals, and how far it has come.
CREATE TABLE "bulk_decision" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "sign_in_id" UUID NOT NULL,
    "verdict" TEXT NOT NULL,
    "reason" TEXT,
    "items" JSONB NOT NULL,
    "total" INTEGER NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "recorded" INTEGER NOT NULL DEFAULT 0,
    "failures" JSONB NOT NULL DEFAULT '[]',
    "state" TEXT NOT NULL DEFAULT 'running',
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bulk_decision_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "bulk_decision_person_id_started_at_idx" ON "bulk_decision"("person_id", "started_at" DESC);
ALTER TABLE "bulk_decision" ADD CONSTRAINT "bulk_decision_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
