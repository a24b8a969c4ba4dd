-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" TEXT[],
    "state" TEXT NOT NULL DEFAULT 'active',
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "sign_in_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_link" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "live_ticket" (
    "hash" TEXT NOT NULL,
    "sign_in_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "live_ticket_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "limit" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_attempt" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "lock_noted" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_attempt_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'active',
    "owner_id" UUID,
    "enforced" BOOLEAN NOT NULL DEFAULT false,
    "simulated" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_secret" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_key" (
    "kid" TEXT NOT NULL,
    "agent_id" UUID NOT NULL,
    "jwk" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_key_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "assertion_use" (
    "agent_id" UUID NOT NULL,
    "jti" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "assertion_use_pkey" PRIMARY KEY ("agent_id","jti")
);

-- CreateTable
CREATE TABLE "capability" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "toolset" TEXT NOT NULL,
    "operations" TEXT[],
    "scope" TEXT NOT NULL,

    CONSTRAINT "capability_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance" (
    "id" TEXT NOT NULL,
    "agent_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT,
    "host" TEXT,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_expires_at" TIMESTAMPTZ(3),
    "gateway_id" UUID,

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "action_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "tool" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "cancel_reason" TEXT,
    "route" JSONB NOT NULL,
    "risk" TEXT NOT NULL,
    "sentence" TEXT NOT NULL,
    "rule_ids" TEXT[],
    "policy_version" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "decide_by" TIMESTAMPTZ(3) NOT NULL,
    "use_by_ms" INTEGER NOT NULL,
    "use_by" TIMESTAMPTZ(3),
    "escalated_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "decision_reason" TEXT,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_signature" (
    "id" UUID NOT NULL,
    "approval_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "verdict" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "roles" TEXT[],
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_signature_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bundle" (
    "sequence" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "jws" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(3),
    "activated_by" JSONB,

    CONSTRAINT "bundle_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "instance_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "state" TEXT NOT NULL DEFAULT 'open',
    "enforcement" TEXT NOT NULL DEFAULT 'cooperative',
    "purpose" TEXT NOT NULL,
    "principal_type" TEXT,
    "principal_id" TEXT,
    "principal_name" TEXT,
    "principal_verified" BOOLEAN NOT NULL DEFAULT false,
    "model" TEXT,
    "parent_session_id" UUID,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "canary" TEXT NOT NULL,
    "delimiter" TEXT NOT NULL,
    "untrusted_seen" BOOLEAN NOT NULL DEFAULT false,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lost_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "summary" TEXT,
    "stopped_by" UUID,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "request_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "policy_version" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "args_payload_id" UUID,
    "approval_id" UUID,
    "final_digest" TEXT,
    "final_payload_id" UUID,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "permitted_at" TIMESTAMPTZ(3),
    "permit_expires_at" TIMESTAMPTZ(3),
    "redeemed_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "result_status" TEXT,

    CONSTRAINT "action_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payload" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "sealed" BYTEA,
    "salt" BYTEA,
    "mac" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "payload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_key" (
    "session_id" UUID NOT NULL,
    "wrapped" BYTEA,
    "wrapping_key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_key_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "budget_use" (
    "key" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "cost" DECIMAL(18,4) NOT NULL DEFAULT 0,

    CONSTRAINT "budget_use_pkey" PRIMARY KEY ("key","window")
);

-- CreateTable
CREATE TABLE "switch_order" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'stop',
    "scope" TEXT NOT NULL,
    "target" TEXT,
    "environment" TEXT,
    "state" TEXT NOT NULL DEFAULT 'engaged',
    "reason" TEXT,
    "drill" BOOLEAN NOT NULL DEFAULT false,
    "engaged_by" JSONB NOT NULL,
    "engaged_at" TIMESTAMPTZ(3) NOT NULL,
    "generation" BIGINT NOT NULL,
    "order_jws" TEXT,
    "matched" JSONB,
    "fenced_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "release_requested_at" TIMESTAMPTZ(3),
    "release_requested_by" JSONB,
    "released_at" TIMESTAMPTZ(3),
    "release_jws" TEXT,
    "epoch" BIGINT,

    CONSTRAINT "switch_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "switch_target" (
    "order_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "instance_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ordered',
    "evidence" TEXT,
    "ordered_at" TIMESTAMPTZ(3) NOT NULL,
    "fenced_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "switch_target_pkey" PRIMARY KEY ("order_id","session_id")
);

-- CreateTable
CREATE TABLE "switch_generation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "generation" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "switch_generation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway" (
    "id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acked_generation" BIGINT NOT NULL DEFAULT 0,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "gateway_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "control_key" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "environments" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "control_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE INDEX "sign_in_person_id_idx" ON "sign_in"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "setup_link_hash_key" ON "setup_link"("hash");

-- CreateIndex
CREATE INDEX "setup_link_person_id_idx" ON "setup_link"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token"("hash");

-- CreateIndex
CREATE INDEX "api_token_person_id_idx" ON "api_token"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_name_key" ON "agent"("name");

-- CreateIndex
CREATE UNIQUE INDEX "agent_secret_hash_key" ON "agent_secret"("hash");

-- CreateIndex
CREATE INDEX "agent_secret_agent_id_idx" ON "agent_secret"("agent_id");

-- CreateIndex
CREATE INDEX "capability_agent_id_idx" ON "capability"("agent_id");

-- CreateIndex
CREATE INDEX "instance_agent_id_idx" ON "instance"("agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_action_id_key" ON "approval"("action_id");

-- CreateIndex
CREATE INDEX "approval_state_decide_by_idx" ON "approval"("state", "decide_by");

-- CreateIndex
CREATE INDEX "approval_session_id_idx" ON "approval"("session_id");

-- CreateIndex
CREATE INDEX "approval_agent_id_tool_requested_at_idx" ON "approval"("agent_id", "tool", "requested_at");

-- CreateIndex
CREATE UNIQUE INDEX "approval_signature_approval_id_person_id_digest_key" ON "approval_signature"("approval_id", "person_id", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "bundle_sha256_key" ON "bundle"("sha256");

-- CreateIndex
CREATE INDEX "session_state_opened_at_idx" ON "session"("state", "opened_at");

-- CreateIndex
CREATE INDEX "session_agent_id_opened_at_idx" ON "session"("agent_id", "opened_at");

-- CreateIndex
CREATE INDEX "session_instance_id_idx" ON "session"("instance_id");

-- CreateIndex
CREATE INDEX "action_approval_id_idx" ON "action"("approval_id");

-- CreateIndex
CREATE INDEX "action_agent_id_tool_decided_at_idx" ON "action"("agent_id", "tool", "decided_at");

-- CreateIndex
CREATE UNIQUE INDEX "action_session_id_request_id_key" ON "action"("session_id", "request_id");

-- CreateIndex
CREATE INDEX "payload_session_id_idx" ON "payload"("session_id");

-- CreateIndex
CREATE INDEX "switch_order_state_idx" ON "switch_order"("state");

-- CreateIndex
CREATE INDEX "gateway_closed_at_idx" ON "gateway"("closed_at");

-- CreateIndex
CREATE UNIQUE INDEX "control_key_hash_key" ON "control_key"("hash");

-- AddForeignKey
ALTER TABLE "sign_in" ADD CONSTRAINT "sign_in_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "setup_link" ADD CONSTRAINT "setup_link_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "live_ticket" ADD CONSTRAINT "live_ticket_sign_in_id_fkey" FOREIGN KEY ("sign_in_id") REFERENCES "sign_in"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_secret" ADD CONSTRAINT "agent_secret_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_key" ADD CONSTRAINT "agent_key_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "capability" ADD CONSTRAINT "capability_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instance" ADD CONSTRAINT "instance_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_signature" ADD CONSTRAINT "approval_signature_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_signature" ADD CONSTRAINT "approval_signature_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "instance"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action" ADD CONSTRAINT "action_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "switch_target" ADD CONSTRAINT "switch_target_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "switch_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


