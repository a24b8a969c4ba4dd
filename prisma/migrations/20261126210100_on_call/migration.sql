-- Who is on call for what: by hand-over, or by what another system says.
CREATE TABLE "on_call_rota" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "source" TEXT NOT NULL,
    "url" TEXT,
    "schedule_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "sealed" BYTEA,
    "key_id" TEXT,
    "polled_at" TIMESTAMPTZ(3),
    "good_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "failure" TEXT,
    "unknown" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "archived_at" TIMESTAMPTZ(3),
    CONSTRAINT "on_call_rota_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "on_call_rota_name_key" ON "on_call_rota"("name");
CREATE TABLE "on_call_shift" (
    "id" UUID NOT NULL,
    "rota_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "given_by" JSONB NOT NULL,
    "reason" TEXT,
    CONSTRAINT "on_call_shift_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "on_call_shift_rota_id_from_at_idx" ON "on_call_shift"("rota_id", "from_at");
CREATE INDEX "on_call_shift_person_id_idx" ON "on_call_shift"("person_id");
ALTER TABLE "on_call_shift" ADD CONSTRAINT "on_call_shift_rota_id_fkey" FOREIGN KEY ("rota_id") REFERENCES "on_call_rota"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
