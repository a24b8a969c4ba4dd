'use server';

import { runAction } from '@/app/_session/action-result';
import { reportFailure } from '@/app/_session/report-failure';
import type { BulkActs, ViewActs } from '@/components/approvals/view';
import { readAsk } from '@/components/approvals/queue-address';
import { decideMany, leaveMany, readBulk, removeView, runningBulk, saveView, takeUpMany, workOffMany } from '@/lib/approvals';
import type { Context } from '@/lib/context';
import { invalid } from '@/lib/errors';
import { filterOf } from './queue-filter';

/** Takes a person's word on many and works it off after the answer: the page may be left meanwhile. */
export const beginBulk: BulkActs['begin'] = async (word) => runAction(async (ctx) => {
  const bulk = await decideMany(ctx, word.verdict === 'deny' && word.all
    ? { verdict: 'deny', all: { filter: filterOf(waitingAsk(word.all.query)), until: word.all.until }, ...(word.reason ? { reason: word.reason } : {}) }
    : { verdict: word.verdict, items: word.items ?? [], ...(word.reason ? { reason: word.reason } : {}) });
  workOff(ctx, bulk.id);
  return bulk;
});

/** How far it has come; without an id, what the person has under way. */
export const lookAtBulk: BulkActs['look'] = async (id) => runAction(async (ctx) => (ctx.actor.kind !== 'person' ? undefined : id === '' ? runningBulk(ctx.actor) : readBulk(ctx.actor, id)));

export const goOnWithBulk: BulkActs['goOn'] = async (id) => runAction(async (ctx) => {
  const up = await takeUpMany(ctx, id);
  if (up?.taken) workOff(ctx, up.bulk.id);
  return up?.bulk;
});

export const leaveBulk: BulkActs['leave'] = async (id) => runAction(async (ctx) => {
  await leaveMany(ctx, id);
  return ctx.actor.kind === 'person' ? readBulk(ctx.actor, id) : undefined;
});

export const keepView: ViewActs['save'] = async (input) => runAction((ctx) => saveView(ctx, input));
export const dropView: ViewActs['drop'] = async (id) => runAction((ctx) => removeView(ctx, id));

function waitingAsk(query: string) {
  const ask = readAsk(new URLSearchParams(query));
  if (ask.show === 'decided') throw invalid('What was decided cannot be decided again.');
  return ask;
}

/** Not waited for: whoever asks how far it has come is told by its row, also when this process dies. */
function workOff(ctx: Context, id: string): void {
  workOffMany(id, { requestId: ctx.requestId, ...(ctx.ip !== undefined && { ip: ctx.ip }), ...(ctx.userAgent !== undefined && { userAgent: ctx.userAgent }) }).catch((error: unknown) => reportFailure(error, 'action'));
}
