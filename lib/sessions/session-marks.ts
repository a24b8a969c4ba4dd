import { randomBytes } from 'node:crypto';

/** What no text from outside can guess: the canary that must not come out again, and the name of the wrapping around such a text. 128 bits each. */
export const newMarks = () => ({ canary: `csc-${randomBytes(16).toString('hex')}`, delimiter: `data-${randomBytes(16).toString('hex')}` });
