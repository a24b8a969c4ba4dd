-- Arguments that an approver changed. A signature says of which revision it is, so that arguments which come back later are not signed by it.
ALTER TABLE "approval_signature" ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 1;
DROP INDEX "approval_signature_approval_id_person_id_digest_key";
CREATE UNIQUE INDEX "approval_signature_approval_id_person_id_digest_revision_key" ON "approval_signature"("approval_id", "person_id", "digest", "revision");

-- An action may be asked about once more, after rules that changed between the grant and its use: the second approval names the first.
ALTER TABLE "approval" ADD COLUMN "asks_again" UUID;
DROP INDEX "approval_action_id_key";
CREATE INDEX "approval_action_id_idx" ON "approval"("action_id");

CREATE TABLE "approval_change" (
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "steps" JSONB NOT NULL,
    "from_digest" TEXT NOT NULL,
    "to_digest" TEXT NOT NULL,
    "from_payload_id" UUID NOT NULL,
    "to_payload_id" UUID NOT NULL,
    "findings" JSONB NOT NULL,
    "provenance" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "approval_change_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "approval_change_approval_id_revision_key" ON "approval_change"("approval_id", "revision");
ALTER TABLE "approval_change" ADD CONSTRAINT "approval_change_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "approval_change" ADD CONSTRAINT "approval_change_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
