-- On whose word a person holds a role or is in a team.
ALTER TABLE "right_grant" ADD COLUMN "granted_by" JSONB;
