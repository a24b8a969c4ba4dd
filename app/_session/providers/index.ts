import { passkey } from './passkey';
import { password } from './password';
import type { WayIn } from './way-in';

/** Every way to sign in. */
export const waysIn: readonly WayIn[] = [password, passkey];
