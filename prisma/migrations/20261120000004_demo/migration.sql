-- CreateTable
CREATE TABLE "demo_fleet" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "run_id" UUID NOT NULL,
    "seed" TEXT NOT NULL,
    "wanted" BOOLEAN NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "keeper" UUID,
    "kept_until" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "trouble" TEXT,

    CONSTRAINT "demo_fleet_pkey" PRIMARY KEY ("id")
);
