import { z } from 'zod';

/** Nobody has more people on call for one thing; a list that is longer is something else. */
export const MOST_ON_CALL = 50;

export type Answered = { ok: true; emails: string[]; more: boolean } | { ok: false; because: string };

const emailSchema = z.string().trim().toLowerCase().max(254).regex(/^[^\s@]+@[^\s@]+$/);
const oneSchema = z.union([emailSchema, z.object({ email: emailSchema }).transform(({ email }) => email)]);
const webhookSchema = z.union([oneSchema.transform((one) => [one]), z.array(oneSchema).max(MOST_ON_CALL), z.object({ emails: z.array(emailSchema).max(MOST_ON_CALL) }).transform(({ emails }) => emails)]);

/** What a webhook says: `{"email": …}`, a list of those or of addresses, or `{"emails": […]}`. An empty list says that nobody is on call. */
export function readWebhook(text: string): Answered {
  const parsed = webhookSchema.safeParse(jsonOf(text));
  return parsed.success ? { ok: true, emails: [...new Set(parsed.data)], more: false } : { ok: false, because: 'its answer is not {"email": "…"} or a list of addresses' };
}

const pagerDutySchema = z.object({
  oncalls: z.array(z.object({
    user: z.object({ email: emailSchema.nullish() }), schedule: z.object({ id: z.string() }).nullish(), start: z.string().nullish(), end: z.string().nullish(),
  })).max(200),
  more: z.boolean().nullish(),
});

/** What PagerDuty's list of on-calls says of these schedules at `now`. An entry without an end stands until it is changed. */
export function readPagerDuty(text: string, scheduleIds: readonly string[], now: Date): Answered {
  const parsed = pagerDutySchema.safeParse(jsonOf(text));
  if (!parsed.success) return { ok: false, because: 'its answer is not a list of on-calls' };
  const meant = parsed.data.oncalls.filter(({ schedule, start, end }) =>
    schedule != null && scheduleIds.includes(schedule.id) && !(start != null && Date.parse(start) > now.getTime()) && !(end != null && Date.parse(end) <= now.getTime()));
  if (meant.some(({ user }) => user.email == null)) return { ok: false, because: 'it names people without their addresses; the key may not read users' };
  return { ok: true, emails: [...new Set(meant.map(({ user }) => user.email!))], more: parsed.data.more === true };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Who comes and who goes, of those who are on call and those who should be. */
export function changeOf(now: readonly string[], wanted: readonly string[]): { on: string[]; off: string[] } {
  return { on: [...new Set(wanted)].filter((id) => !now.includes(id)), off: now.filter((id) => !wanted.includes(id)) };
}
