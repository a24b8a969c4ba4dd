import { z } from 'zod';

const text = z.string();
const channel = { channelId: text, name: text };
const notice = { noticeId: text, channelId: text, channel: text, subject: text, moment: text, attempts: z.number() };

/** Where people are told, and whether they were. Never an address's path, a secret or what was said. */
export const notifyEvents = {
  'channel.created': z.object({ ...channel, kind: text, leadsTo: text, defaultPage: z.boolean() }),
  'channel.changed': z.object({ ...channel, what: z.array(text) }),
  /** `overlapUntil`: until when the secret before this one still signs; null where it was replaced at once. */
  'channel.secret_rotated': z.object({ ...channel, what: text, overlapUntil: text.nullable() }),
  'channel.removed': z.object({ ...channel, givenUp: z.number() }),
  'channel.tested': z.object({ ...channel, noticeId: text }),
  'channel.failing': z.object({ ...channel, failures: z.number(), error: text }),
  'channel.working': z.object(channel),
  'notice.delivered': z.object(notice),
  'notice.dead': z.object({ ...notice, error: text }),
  'notice.retried': z.object(notice),
  'notice.discarded': z.object(notice),
} as const;
