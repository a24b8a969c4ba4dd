import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';

const nameSchema = z.string().trim().min(1, 'must have a name').max(64).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower case letters, digits, "_" or "-"');
const descriptionSchema = z.string().trim().max(300).default('');
/** A token as it is sent in a header: no spaces, no line breaks. */
const tokenSchema = z.string().trim().min(8, 'must have at least 8 characters').max(500).regex(/^[\x21-\x7e]+$/, 'must be printable and without spaces');
const scheduleSchema = z.string().trim().min(1).max(32).regex(/^[A-Za-z0-9]+$/, 'must be a schedule’s id, e.g. PI7DH85');

export const rotaSources = ['hand_over', 'webhook', 'pagerduty'] as const;
export type RotaSource = (typeof rotaSources)[number];
export const pagerDutyRegions = ['us', 'eu'] as const;
export type PagerDutyRegion = (typeof pagerDutyRegions)[number];

export const createRotaSchema = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('hand_over'), name: nameSchema, description: descriptionSchema }),
  z.strictObject({ source: z.literal('webhook'), name: nameSchema, description: descriptionSchema, url: z.url('must be an address, e.g. https://rota.example.org/now').max(2_000), secret: tokenSchema }),
  z.strictObject({ source: z.literal('pagerduty'), name: nameSchema, description: descriptionSchema, region: z.enum(pagerDutyRegions).default('us'), scheduleIds: z.array(scheduleSchema).min(1, 'must name a schedule').max(10), secret: tokenSchema }),
]);
export type CreateRota = z.input<typeof createRotaSchema>;
export const rotaIdSchema = z.strictObject({ rotaId: idSchema });
export const handOverSchema = z.strictObject({
  rotaId: idSchema,
  /** Null: nobody is on call from now on. */
  to: idSchema.nullable(),
  until: z.iso.datetime({ offset: true }).optional(),
  reason: z.string().trim().min(1, 'must say why').max(500),
});
export type HandOver = z.input<typeof handOverSchema>;

/** How asking another system goes; what it last said holds until it says something else. */
export type RotaHealth =
  | { kind: 'by_hand' }
  | { kind: 'never_asked' }
  | { kind: 'good'; at: string }
  | { kind: 'failing'; since: string; because: string; lastGoodAt: string | null };

export type ShiftView = { personId: string; name: string; email: string; from: string; until: string | null; givenBy: string; reason: string | null };
export type RotaView = {
  id: string; name: string; description: string; source: RotaSource; /** The host that is asked; never its path. */ asks: string | null; scheduleIds: string[];
  now: ShiftView[]; before: (ShiftView & { ended: string })[]; health: RotaHealth; unknown: string[];
};
