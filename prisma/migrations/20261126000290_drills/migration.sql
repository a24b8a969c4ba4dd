-- Whether an agent is there to be stopped in drills, and for nothing else.
ALTER TABLE "agent" ADD COLUMN "drill" BOOLEAN NOT NULL DEFAULT false;

-- A drill: rogue processes that are stopped for real. `turn` is 1 until it is over, so that there is one at a time.
CREATE TABLE "drill" (
    "id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'asked',
    "turn" INTEGER,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "lease_ms" INTEGER NOT NULL,
    "host" TEXT,
    "keeper" UUID,
    "kept_until" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "verdict" TEXT,
    "interrupted" BOOLEAN NOT NULL DEFAULT false,
    "said" TEXT,
    "fenced_p50_ms" INTEGER,
    "fenced_p99_ms" INTEGER,
    "confirmed_p50_ms" INTEGER,
    "confirmed_p99_ms" INTEGER,

    CONSTRAINT "drill_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "drill_turn_key" ON "drill"("turn");
CREATE INDEX "drill_asked_at_idx" ON "drill"("asked_at");

-- What became of one rogue.
CREATE TABLE "drill_target" (
    "drill_id" UUID NOT NULL,
    "rogue" TEXT NOT NULL,
    "place" INTEGER NOT NULL,
    "instance_id" TEXT NOT NULL,
    "order_id" UUID,
    "step" TEXT NOT NULL DEFAULT 'waiting',
    "pressed_at" TIMESTAMPTZ(3),
    "fenced_ms" INTEGER,
    "confirmed_ms" INTEGER,
    "gone_ms" INTEGER,
    "gone_within_ms" INTEGER NOT NULL,
    "confirmed_within_ms" INTEGER NOT NULL,
    "evidence" TEXT,
    "proof" JSONB,
    "verdict" TEXT,
    "said" TEXT,

    CONSTRAINT "drill_target_pkey" PRIMARY KEY ("drill_id","rogue")
);
CREATE INDEX "drill_target_order_id_idx" ON "drill_target"("order_id");
ALTER TABLE "drill_target" ADD CONSTRAINT "drill_target_drill_id_fkey" FOREIGN KEY ("drill_id") REFERENCES "drill"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a drill found stays as it was found.
CREATE FUNCTION refuse_change_of_finished_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'drill' THEN
    IF OLD.state = 'finished' THEN RAISE EXCEPTION 'a drill that is over is not changed any more' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  ELSIF EXISTS (SELECT 1 FROM drill d WHERE d.id = OLD.drill_id AND d.state = 'finished') THEN
    RAISE EXCEPTION 'a drill that is over is not changed any more' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER drill_is_final BEFORE UPDATE ON "drill" FOR EACH ROW EXECUTE FUNCTION refuse_change_of_finished_drill();
CREATE TRIGGER drill_target_is_final BEFORE UPDATE ON "drill_target" FOR EACH ROW EXECUTE FUNCTION refuse_change_of_finished_drill();
