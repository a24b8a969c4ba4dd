-- What a stopped session was, written down within a minute of its stop: the row is made with the stop, the sealed text follows.
CREATE TABLE "session_dump" (
    "session_id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "stopped_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "done_at" TIMESTAMPTZ(3),
    "payload_id" UUID,
    "mac" TEXT,
    "bytes" INTEGER,
    "to_seq" BIGINT,

    CONSTRAINT "session_dump_pkey" PRIMARY KEY ("session_id")
);
CREATE INDEX "session_dump_done_at_due_at_idx" ON "session_dump"("done_at", "due_at");
CREATE INDEX "session_dump_order_id_idx" ON "session_dump"("order_id");

-- Each stop suggests one incident, once the states of its sessions are written.
CREATE TABLE "incident_suggestion" (
    "order_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sessions" INTEGER NOT NULL,

    CONSTRAINT "incident_suggestion_pkey" PRIMARY KEY ("order_id")
);
