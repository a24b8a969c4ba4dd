import { uuidv7 } from 'uuidv7';
import { z } from 'zod';

/** A UUIDv7 in lower case: sorts by the time it was made. */
export const idSchema = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'must be a UUIDv7 in lower case, e.g. 0198c5a0-7b1e-7c3a-9f00-3b1d2e4f5a6b');

/** Makes a new id (UUIDv7, RFC 9562), monotonic within this process. */
export const newId = (): string => uuidv7();

/** Four letters to say aloud; from the random end of an id, since its beginning is the time. */
export const shortId = (id: string): string => id.replaceAll('-', '').slice(-4).toUpperCase();
