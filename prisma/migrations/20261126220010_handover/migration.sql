-- What one shift leaves to the next.
CREATE TABLE "handover" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "to_at" TIMESTAMPTZ(3) NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "handover_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "handover_in_order" CHECK ("from_at" < "to_at")
);
CREATE INDEX "handover_to_at_idx" ON "handover"("to_at");
