'use server';

import { runAction } from '@/app/_session/action-result';
import { archiveRota, createRota, handOver } from '@/lib/on-call';
import type { CreateRota, HandOver } from '@/lib/on-call/schema';

type Done = { ok: true } | { ok: false; because: string };
const done = (result: { ok: true } | { ok: false; error: { message: string } }): Done => (result.ok ? { ok: true } : { ok: false, because: result.error.message });

export const makeRota = async (input: CreateRota): Promise<Done> => done(await runAction((ctx) => createRota(ctx, input)));
export const endRota = async (rotaId: string): Promise<Done> => done(await runAction((ctx) => archiveRota(ctx, { rotaId })));
export const giveOver = async (input: HandOver): Promise<Done> => done(await runAction((ctx) => handOver(ctx, input)));
