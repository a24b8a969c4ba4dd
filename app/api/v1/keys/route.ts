import path from 'node:path';
import { env } from '@/lib/env';
import { listKeys } from '@/lib/keys';
import { FileKeys } from '@/lib/signing';
import { noQuery } from '../_queries';
import { json, operation } from '../_rest';

/** Ids, dates and public halves: the console holds none of these keys. */
export const GET = operation({ verb: 'key.read', query: noQuery }, async ({ ctx }) => json({ items: await listKeys(ctx, new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [] })), next: null }));
