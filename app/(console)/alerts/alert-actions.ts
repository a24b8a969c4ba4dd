'use server';

import { runAction } from '@/app/_session/action-result';
import type { AlertDone } from '@/components/alerts/view';
import { acknowledgeAlert, assignAlert, closeAlert, endMute, muteAlerts } from '@/lib/alerts';
import type { CloseReason } from '@/lib/alerts/schema';

const done = (result: { ok: true } | { ok: false; error: { message: string } }): AlertDone => (result.ok ? { ok: true } : { ok: false, because: result.error.message });

export const acknowledge = async (alertId: string): Promise<AlertDone> => done(await runAction((ctx) => acknowledgeAlert(ctx, { alertId })));
export const assign = async (alertId: string, to: string): Promise<AlertDone> => done(await runAction((ctx) => assignAlert(ctx, { alertId, to })));
export const close = async (alertId: string, as: CloseReason, note: string): Promise<AlertDone> => done(await runAction((ctx) => closeAlert(ctx, { alertId, as, note })));
export const mute = async (alertId: string, forMs: number, why: string): Promise<AlertDone> => done(await runAction((ctx) => muteAlerts(ctx, { alertId, forMs, why })));
export const end = async (muteId: string): Promise<AlertDone> => done(await runAction((ctx) => endMute(ctx, { muteId })));
