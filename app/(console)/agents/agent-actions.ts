'use server';

import { revalidatePath } from 'next/cache';
import { runAction, type ActionError } from '@/app/_session/action-result';
import type { CreateAgent, CredentialResult } from '@/components/agents/view';
import { createAgent, disableAgent, enableAgent, getAgent, rotateAgentSecret } from '@/lib/agents';
import { controlPin } from '../control-pin';

const fields = ['name', 'capabilities', 'description'] as const;

function refused(error: ActionError): Extract<CredentialResult, { ok: false }> {
  const named = error.issues?.[0]?.path.split('/')[1];
  const field = fields.find((one) => one === named) ?? (error.code === 'conflict' ? 'name' : undefined);
  return { ok: false, because: error.message, ...(field ? { field } : {}) };
}

/** Registers an agent. Its secret is in this answer and nowhere else afterwards. */
export async function register(input: CreateAgent): Promise<CredentialResult> {
  const made = await runAction(async (ctx) => ({ ...(await createAgent(ctx, input)), ...pin() }));
  if (!made.ok) return refused(made.error);
  revalidatePath('/agents');
  return { ok: true, credential: made.value };
}

export async function rotate(agentId: string): Promise<CredentialResult> {
  const made = await runAction(async (ctx) => {
    const fresh = await rotateAgentSecret(ctx, agentId);
    return { name: (await getAgent(agentId))?.name ?? 'the agent', ...fresh, ...pin() };
  });
  return made.ok ? { ok: true, credential: made.value } : refused(made.error);
}

export async function changeState(agentId: string, to: 'active' | 'disabled'): Promise<{ ok: true } | { ok: false; because: string }> {
  const done = await runAction((ctx) => (to === 'disabled' ? disableAgent(ctx, agentId) : enableAgent(ctx, agentId)));
  return done.ok ? { ok: true } : { ok: false, because: done.error.message };
}

function pin(): { controlPin?: string } {
  const text = controlPin();
  return text ? { controlPin: text } : {};
}
