import { z } from 'zod';
import { recordedActor, type Context } from '@/lib/context';
import { prisma, type Tx } from '@/lib/db';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { authorise } from './authorise';
import { LONGEST_SIGN_IN_HOURS } from './rules';
import { secondFactorFrom } from './rules';

const daysKept = z.int('must be a whole number of days, e.g. 90').min(1).max(3_650).nullable();

/** Everything that an administrator may set, with what fits and what holds while nobody has set it. A key that is not here does not exist. */
export const settings = {
  /** How many days the texts of a class are kept, counted from when they were written; null keeps them until somebody erases them. */
  retention: {
    schema: z.strictObject({ args: daysKept, input: daysKept, output: daysKept, rationale: daysKept, plan: daysKept }),
    default: { args: null, input: null, output: null, rationale: null, plan: null },
  },
  /** Hours for which a right that somebody gained does not count for what was already pending; 0 lets it count at once. */
  new_rights_wait_hours: { schema: z.int('must be a whole number of hours, e.g. 24').min(0).max(168), default: 24 },
  /** Whom the sign-in provider may bring in by itself: those with a group that gives a role here, or nobody. */
  oidc_provision: { schema: z.enum(['mapped_only', 'never']), default: 'mapped_only' },
  /** Minutes without a hand on it after which a sign-in is over. */
  sign_in_idle_minutes: { schema: z.int('must be a whole number of minutes, e.g. 60').min(5, 'at least 5 minutes').max(1_440, 'at most 1440 minutes, a day'), default: 720 },
  /** Hours after which a sign-in is over however busy it was. */
  sign_in_absolute_hours: { schema: z.int('must be a whole number of hours, e.g. 24').min(1, 'at least 1 hour').max(LONGEST_SIGN_IN_HOURS, `at most ${LONGEST_SIGN_IN_HOURS} hours`), default: 168 },
  /** How many sessions one detector may stop in a minute; beyond that it calls a person. */
  detector_stops_a_minute: { schema: z.int('must be a whole number, e.g. 5').min(0).max(1_000), default: 5 },
  /** Of whom a second factor is required before they may do anything but stop. */
  second_factor_from: { schema: z.enum(secondFactorFrom), default: 'nobody' },
} as const satisfies Record<string, { schema: z.ZodType; default: z.core.util.JSONType }>;

export type SettingKey = keyof typeof settings;
export type SettingValue<K extends SettingKey> = z.output<(typeof settings)[K]['schema']>;
export const settingKeys = Object.keys(settings) as SettingKey[];
export const settingKeySchema = z.enum(settingKeys);

/** What holds now. A kept value that no longer fits, from another version, gives way to the default. */
export async function readSetting<K extends SettingKey>(key: K, db: Pick<Tx, 'setting'> = prisma()): Promise<SettingValue<K>> {
  const row = await db.setting.findUnique({ where: { key } });
  return settingOf(key, row?.value);
}

/** A kept value as it counts: the default where there is none, or none that fits. */
export function settingOf<K extends SettingKey>(key: K, kept: unknown): SettingValue<K> {
  const parsed = settings[key].schema.safeParse(kept);
  return (parsed.success ? parsed.data : settings[key].default) as SettingValue<K>;
}

/** Sets one key; what it was and what it is go on the record. */
export async function changeSetting<K extends SettingKey>(ctx: Context, key: K, value: unknown): Promise<SettingValue<K>> {
  authorise(ctx, 'setting.manage');
  const known = parseInput(settingKeySchema, key) as K;
  // Keeping texts for less long destroys them.
  if (known === 'retention') authorise(ctx, 'payload.erase');
  const to = parseInput(settings[known].schema, value) as SettingValue<K>;
  return write(ctx, async (tx) => {
    // There may be no row to hold yet, so changes of one key take turns by a lock of their own.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`countersign/setting/${known}`}))::text`;
    const from = await readSetting(known, tx);
    if (JSON.stringify(from) === JSON.stringify(to)) return { view: to, unchanged: true };
    const data = { value: to as z.core.util.JSONType as never, updatedAt: ctx.now(), updatedBy: recordedActor(ctx.actor) };
    await tx.setting.upsert({ where: { key: known }, create: { key: known, ...data }, update: data });
    return { view: to, events: [organisationEvent('setting.changed', { key: known, from: from as z.core.util.JSONType, to: to as z.core.util.JSONType })] };
  });
}
