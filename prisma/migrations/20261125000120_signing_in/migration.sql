-- AlterTable
ALTER TABLE "device" ADD COLUMN     "disowned_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "second_step" (
    "hash" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "password_mark" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "second_step_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "second_step_person_id_idx" ON "second_step"("person_id");

-- AddForeignKey
ALTER TABLE "second_step" ADD CONSTRAINT "second_step_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


