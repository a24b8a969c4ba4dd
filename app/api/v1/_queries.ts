import { z } from 'zod';
import { alertStates } from '@/lib/alerts/schema';
import { approvalStates } from '@/lib/approvals/schema';
import { alertSeverities } from '@/lib/policies/schema';
import { idSchema } from '@/lib/protocol/ids';
import { sessionStates } from '@/lib/sessions/schema';

/** What may stand in an address; everything there is text, so numbers are read from it. */
const limit = (standard: number) => z.string().regex(/^\d{1,3}$/, 'must be a number from 1 to 200').transform(Number).pipe(z.int().min(1).max(200)).default(standard);
const place = z.string().regex(/^\d{1,15}$/, 'must be a number').transform(Number).default(0);

export const noQuery = z.strictObject({});
export const agentsQuery = z.strictObject({ after: z.string().min(1).max(100).optional(), limit: limit(50) });
export const sessionsQuery = z.strictObject({ state: z.enum(sessionStates).optional(), agent: idSchema.optional(), after: idSchema.optional(), limit: limit(50) });
export const eventsQuery = z.strictObject({ after: place, limit: limit(100) });
export const approvalsQuery = z.strictObject({ state: z.enum([...approvalStates, 'open', 'waiting', 'decided']).optional(), session: idSchema.optional(), after: idSchema.optional(), limit: limit(50) });
const word = z.string().max(64).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be a name in lower case');
export const alertsQuery = z.strictObject({
  show: z.enum(['open', 'muted', 'closed', 'all']).default('open'), state: z.enum(alertStates).optional(), severity: z.enum(alertSeverities).optional(), agent: idSchema.optional(), session: idSchema.optional(),
  rule: word.optional(), detector: word.optional(), after: idSchema.optional(), limit: limit(50),
});
export const alertLabelsQuery = z.strictObject({ days: z.string().regex(/^\d{1,3}$/, 'must be a number from 1 to 366').transform(Number).pipe(z.int().min(1).max(366)).default(30) });
export const switchesQuery = z.strictObject({ state: z.enum(['standing', 'all']).default('standing'), after: idSchema.optional(), limit: limit(50) });
export const logQuery = z.strictObject({
  stream: z.string().max(100).regex(/^(session\/[0-9a-f-]{36}|org\/[a-z]+)$/, 'must be a stream, e.g. "org/switches" or "session/<id>"').optional(),
  after: z.string().min(1).max(300).optional(),
  limit: limit(100),
});
export const peopleQuery = z.strictObject({ after: idSchema.optional(), limit: limit(50) });
export const teamsQuery = peopleQuery;
export const signInsQuery = z.strictObject({ person: idSchema.optional() });
export const checkpointsQuery = z.strictObject({ after: place, limit: limit(100) });
