import { readSetting, sweepAccess } from '@/lib/access';
import { forgetUsedAssertions } from '@/lib/agents';
import { expireApprovals, nextExpiryMs } from '@/lib/approvals';
import { learnBaselines } from '@/lib/behaviour';
import type { Context } from '@/lib/context';
import { fireDeadMen, nextFiringMs } from '@/lib/dead-man';
import { sql, type Channel } from '@/lib/db';
import { suggestIncidents, writeDueDumps } from '@/lib/dumps';
import { learnWaits } from '@/lib/flow';
import { ensureMonths, type AnchorPlace, type Checkpoints } from '@/lib/log';
import { pollRotas } from '@/lib/on-call';
import { carryOutErasures, eraseAged } from '@/lib/payloads';
import { sweepLapsedLeases } from '@/lib/sessions';
import { forgetClosedGateways, signAndFence, workOffSwitches, type ControlKeys, type StandingReader } from '@/lib/switches';

export type JobDeps = { ctx: Context; checkpoints: Checkpoints; anchors: readonly AnchorPlace[]; standing: StandingReader; controlKeys: ControlKeys; retentionUrl?: string | undefined };

export type Job = {
  name: string;
  /** Does what is due now; resolves to the milliseconds after which it looks again, notice or not. */
  run(): Promise<number>;
  /** Whether a notice is about it. */
  wakes?(channel: Channel, payload: Record<string, unknown>): boolean;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Every timer of the product. */
export function tableOfContents({ ctx, checkpoints, anchors, standing, controlKeys, retentionUrl }: JobDeps): Job[] {
  return [
    {
      name: 'expire approvals',
      async run() {
        await expireApprovals(ctx);
        // To the millisecond where one is known; a new question is seen within the second, and none is asked for less.
        return Math.min((await nextExpiryMs(sql)) ?? SECOND, SECOND);
      },
      wakes: (channel) => channel === 'cs_approval',
    },
    {
      name: 'lose sessions whose lease lapsed',
      async run() { await sweepLapsedLeases(ctx); return SECOND; },
    },
    {
      // Control does this sooner and signs as well; it goes on here while control is away.
      name: 'work off switches',
      async run() {
        const troubles: unknown[] = [];
        const onTrouble = (_orderId: string, error: unknown) => void troubles.push(error);
        const { ripe, unconfirmed } = await signAndFence(ctx, standing, controlKeys, undefined, onTrouble);
        await workOffSwitches(ctx, ripe, controlKeys, onTrouble);
        if (troubles.length > 0) throw troubles[0];
        return unconfirmed.length > 0 ? SECOND : 2 * SECOND;
      },
    },
    {
      // Control does this as well: either is enough.
      name: 'fire dead-man switches',
      async run() {
        await fireDeadMen(ctx);
        return Math.min((await nextFiringMs()) ?? 30 * SECOND, 30 * SECOND);
      },
      wakes: (channel, payload) => channel === 'cs_switch' && 'deadMan' in payload,
    },
    {
      // Within a minute of its stop, also when the first worker to try is ended in the middle; but not in the very moments in which what makes the stop hold is written.
      name: 'write what stopped sessions were',
      async run() {
        try { await writeDueDumps(ctx, { restMs: 3 * SECOND }); } finally { await suggestIncidents(ctx); }
        return 2 * SECOND;
      },
      wakes: (channel) => channel === 'cs_switch',
    },
    learning(ctx),
    {
      name: 'ask who is on call',
      async run() { await pollRotas(ctx); return 15 * SECOND; },
      // A new one is asked at once.
      wakes: (channel, payload) => channel === 'cs_log' && Array.isArray(payload.streams) && payload.streams.includes('org/access'),
    },
    {
      name: 'learn how long requests wait',
      async run() { await learnWaits(ctx); return 2 * MINUTE; },
    },
    {
      name: 'sign a checkpoint',
      async run() { await checkpoints.sign(ctx); return MINUTE; },
      // On every stop at once: what led to it can't be rewritten in the minute that follows.
      wakes: (channel, payload) => channel === 'cs_switch' && 'generation' in payload,
    },
    ...anchors.map((anchor): Job => ({
      name: `hand checkpoints to ${anchor.name}`,
      async run() { return anchor.handOver(); },
      wakes: (channel) => channel === 'cs_checkpoint',
    })),
    {
      name: 'make the coming months',
      async run() { await ensureMonths(ctx.now()); return 6 * HOUR; },
    },
    {
      name: 'erase what was asked for',
      async run() { await carryOutErasures(ctx, retentionUrl); return MINUTE; },
      wakes: (channel) => channel === 'cs_erasure',
    },
    {
      name: 'erase what has aged',
      async run() { await eraseAged(ctx, await readSetting('retention'), retentionUrl); return HOUR; },
      // An administrator who shortens a time sees it done.
      wakes: (channel, payload) => channel === 'cs_erasure' && payload.what === 'retention',
    },
    {
      name: 'drop what can open nothing any more',
      async run() {
        await sweepAccess(ctx);
        await forgetUsedAssertions(ctx);
        await forgetClosedGateways(ctx);
        return HOUR;
      },
    },
  ];
}

/** Sessions that ended lately every minute, those of the whole window every hour: what came to light meanwhile, or has aged, leaves the baselines again. */
function learning(ctx: Context): Job {
  let wholeAt = Number.NEGATIVE_INFINITY;
  let since: Date | undefined;
  return {
    name: 'learn what is usual',
    async run() {
      const now = ctx.now();
      const whole = now.getTime() - wholeAt >= HOUR;
      // Some minutes twice: a session that is just ending must not fall between two looks, whatever the clocks say.
      await learnBaselines(ctx, whole || !since ? {} : { since: new Date(since.getTime() - 10 * MINUTE) });
      since = now;
      if (whole) wholeAt = now.getTime();
      return MINUTE;
    },
  };
}
