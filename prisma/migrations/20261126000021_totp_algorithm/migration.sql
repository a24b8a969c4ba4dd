-- Which hash a person's app counts with; all that were set up before count with SHA-1.
ALTER TABLE "totp" ADD COLUMN "algorithm" TEXT NOT NULL DEFAULT 'SHA1';
