-- CreateTable
CREATE TABLE "erasure" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "session_id" UUID,
    "why" TEXT NOT NULL,
    "asked_by" JSONB NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "payloads" INTEGER NOT NULL DEFAULT 0,
    "sessions" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "erasure_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "erasure_done_at_idx" ON "erasure"("done_at");

-- CreateIndex
CREATE INDEX "erasure_session_id_idx" ON "erasure"("session_id");


