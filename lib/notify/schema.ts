import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';
import { riskLevels } from '@/lib/policies/schema';

export const channelKinds = ['webhook', 'slack', 'pagerduty', 'email'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** As routes name it. */
export const channelNameSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, - and _, beginning with a letter or digit, e.g. sec-oncall');

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day, e.g. 22:00');
export const isTimeZone = (zone: string): boolean => {
  try { return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''; } catch { return false; }
};
/** From a time of the day to another, over midnight where the second is the earlier one, by the clock on the wall of a place. */
export const quietSchema = z.strictObject({ from: clock, to: clock, timeZone: z.string().max(64).refine(isTimeZone, 'a time zone, e.g. Europe/Berlin') })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from the beginning: a channel that is always quiet tells nobody' });
export type Quiet = z.infer<typeof quietSchema>;

/** One mailbox, in a form that no header can be made of. */
export const mailboxSchema = z.email('an address, e.g. oncall@example.org').max(254);
export const hostSchema = z.string().trim().toLowerCase().min(1).max(253).regex(/^[a-z0-9.:_-]+$/, 'the name of a mail server, e.g. smtp.example.org');
export const smtpSchema = z.strictObject({
  host: hostSchema, port: z.int().min(1).max(65_535),
  /** `tls`: from the first byte, usually port 465. `starttls`: asked for, and refused without, usually port 587. `plain`: only to a machine that the environment names. */
  security: z.enum(['tls', 'starttls', 'plain']),
  user: z.string().max(320).optional(),
});
export type Smtp = z.infer<typeof smtpSchema>;

export const channelSettingsSchema = z.strictObject({
  quiet: quietSchema.optional(),
  /** For so long after a first ask of a route, further ones are gathered and told in one; 0 tells each. */
  groupSeconds: z.int().min(0).max(3_600).default(60),
  to: z.array(mailboxSchema).min(1, 'name at least one mailbox').max(50).optional(),
  from: mailboxSchema.optional(),
  /** The environment's mail server where it is not said. */
  smtp: smtpSchema.optional(),
});
export type ChannelSettings = z.infer<typeof channelSettingsSchema>;

const address = z.string().trim().min(1, 'the address to call').max(2_000);
const secretWord = z.string().min(1).max(1_024).regex(/^[\x20-\x7e]+$/, 'letters, digits and signs that a keyboard has');
export const pagerDutyRegions = { us: 'events.pagerduty.com', eu: 'events.eu.pagerduty.com' } as const;

/** What a channel needs to be called, by its kind. All of it is sealed; none is ever shown again. */
export const channelTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), address }),
  z.strictObject({ kind: z.literal('slack'), address }),
  z.strictObject({ kind: z.literal('pagerduty'), key: secretWord.regex(/^[A-Za-z0-9]{16,64}$/, 'the integration key of an Events API v2 integration'), address: address.optional(), region: z.enum(['us', 'eu']).optional() }),
  z.strictObject({ kind: z.literal('email'), password: secretWord.optional() }),
]);
export type ChannelTarget = z.infer<typeof channelTargetSchema>;

export const createChannelSchema = z.strictObject({ name: channelNameSchema, target: channelTargetSchema, settings: channelSettingsSchema, defaultPage: z.boolean().default(false) });
export type CreateChannel = z.input<typeof createChannelSchema>;
export const changeChannelSchema = z.strictObject({ channelId: idSchema, settings: channelSettingsSchema, defaultPage: z.boolean() });
export type ChangeChannel = z.input<typeof changeChannelSchema>;
/** A webhook's signing secret is made here; of the other kinds the new word is given. */
export const rotateSecretSchema = z.strictObject({ channelId: idSchema, word: z.string().max(2_000).optional(), overlapHours: z.int().min(0).max(24 * 14).default(24) });
export type RotateSecret = z.input<typeof rotateSecretSchema>;
export const channelIdSchema = z.strictObject({ channelId: idSchema });
export const noticeIdSchema = z.strictObject({ noticeId: idSchema });

export const noticeStates = ['waiting', 'grouped', 'delivered', 'overtaken', 'dead', 'discarded'] as const;
export type NoticeState = (typeof noticeStates)[number];
export const outcomes = ['approved', 'denied', 'expired', 'cancelled', 'settled'] as const;
export type Outcome = (typeof outcomes)[number];

const text = z.string();
const base = { version: z.literal(1), id: text, at: text, environment: text, channel: text, url: text };
const asked = { approvalId: text, risk: z.enum(riskLevels), agent: text, tool: text, classes: z.array(text), routes: z.array(text), title: text, decideBy: text };
const seen = { alertId: text, severity: text, rule: text, detector: text, kind: text, agent: text.nullable() };

/**
 * What a channel is told, and what a signed webhook carries word for word: closed, and changed only by adding. Texts of an agent's making
 * are redacted renderings with every unseen character written out; arguments are never in it.
 */
export const noticeBodySchema = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('approval.asked'), ...asked }),
  z.object({ ...base, type: z.literal('approval.escalated'), ...asked, tier: z.int() }),
  z.object({ ...base, type: z.literal('approval.unmet'), ...asked, because: text }),
  z.object({ ...base, type: z.literal('approval.resolved'), approvalId: text, outcome: z.enum(outcomes), by: text.nullable() }),
  z.object({ ...base, type: z.literal('approvals.more'), groupId: text, routes: z.array(text), waiting: z.int(), risk: z.enum(riskLevels) }),
  z.object({ ...base, type: z.literal('approvals.settled'), groupId: text }),
  z.object({ ...base, type: z.literal('alert.raised'), ...seen }),
  z.object({ ...base, type: z.literal('alert.resolved'), alertId: text, as: text }),
  z.object({ ...base, type: z.literal('channel.test'), by: text }),
]);
export type NoticeBody = z.infer<typeof noticeBodySchema>;

export type SecretView = { what: string; hint: string; createdAt: string; endsAt: string | null };
export type ChannelView = {
  id: string; name: string; kind: ChannelKind; leadsTo: string; settings: ChannelSettings; defaultPage: boolean; createdAt: string; createdBy: string; secrets: SecretView[];
  failures: number; failingSince: string | null; lastOkAt: string | null; lastError: string | null; waiting: number; dead: number; deliveredToday: number;
};
export type AttemptView = { at: string; ok: boolean; status: number | null; durationMs: number; error: string | null };
export type NoticeView = {
  id: string; channelId: string; channel: string; kind: ChannelKind; subject: string; moment: string; act: 'trigger' | 'resolve'; critical: boolean; state: NoticeState; says: string; path: string;
  createdAt: string; dueAt: string; doneAt: string | null; attempts: number; lastError: string | null; tries: AttemptView[];
};
/** Whom an approval was told to, for its card. */
export type ToldView = { channel: string; kind: ChannelKind; moment: string; at: string };
