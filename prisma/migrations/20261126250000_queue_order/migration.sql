-- The queue is read from its front, in either of its orders, as far as a stretch goes, however much waits behind it.
CREATE INDEX "approval_open_decide_by" ON "approval" ("decide_by", "id") WHERE "state" IN ('pending', 'partially_approved');
CREATE INDEX "approval_open_requested_at" ON "approval" ("requested_at", "id") WHERE "state" IN ('pending', 'partially_approved');

-- Which routes wait is found by stepping from one to the next: they are few, however many approvals there are.
CREATE INDEX "approval_open_route" ON "approval" (md5("route"::text), "tier") WHERE "state" IN ('pending', 'partially_approved');
