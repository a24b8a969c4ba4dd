'use server';

import { runAction } from '@/app/_session/action-result';
import { changeSetting } from '@/lib/access';
import { armDeadMan, disarmDeadMan, heartbeat } from '@/lib/dead-man';
import type { ArmInput } from '@/lib/dead-man/schema';
import { acknowledgeAlert } from '@/lib/detectors';

type Done = { ok: true } | { ok: false; because: string };
const done = (result: { ok: true } | { ok: false; error: { message: string } }): Done => (result.ok ? { ok: true } : { ok: false, because: result.error.message });

export const arm = async (input: ArmInput): Promise<Done> => done(await runAction((ctx) => armDeadMan(ctx, input)));
export const disarm = async (id: string): Promise<Done> => done(await runAction((ctx) => disarmDeadMan(ctx, { id })));
export const beat = async (id: string): Promise<Done> => done(await runAction((ctx) => heartbeat(ctx, { id })));
export const lookedAt = async (alertId: string): Promise<Done> => done(await runAction((ctx) => acknowledgeAlert(ctx, { alertId })));
export const setMeasure = async (stopsAMinute: number): Promise<Done> => done(await runAction((ctx) => changeSetting(ctx, 'detector_stops_a_minute', stopsAMinute)));
