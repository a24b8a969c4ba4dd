import { V7Generator } from 'uuidv7';
import { z } from 'zod';

/** A UUIDv7 in lower case: sorts by the time it was made. */
export const idSchema = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'must be a UUIDv7 in lower case, e.g. 0198c5a0-7b1e-7c3a-9f00-3b1d2e4f5a6b');

/** Random numbers fetched in bulk: the library's own eight at a time are most of what an id costs. */
const drawn = new Uint32Array(1_024);
let used = drawn.length;
const generator = new V7Generator({
  nextUint32() {
    if (used === drawn.length) {
      crypto.getRandomValues(drawn);
      used = 0;
    }
    return drawn[used++]!;
  },
});

/** Makes a new id (UUIDv7, RFC 9562), monotonic within this process. */
export const newId = (): string => generator.generate().toString();

/** Four letters to say aloud; from the random end of an id, since its beginning is the time. */
export const shortId = (id: string): string => id.replaceAll('-', '').slice(-4).toUpperCase();
