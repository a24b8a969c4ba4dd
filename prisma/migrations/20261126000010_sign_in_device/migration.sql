-- CreateIndex
CREATE INDEX "sign_in_device_id_created_at_idx" ON "sign_in"("device_id", "created_at");
