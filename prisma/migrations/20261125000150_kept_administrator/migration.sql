-- AlterTable
ALTER TABLE "identity" ADD COLUMN     "kept_admin_at" TIMESTAMPTZ(3);
