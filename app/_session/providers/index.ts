import { passkey } from './passkey';
import { oidc } from './oidc';
import { password } from './password';
import { secondStep } from './second-step';
import type { WayIn } from './way-in';

/** Every way to sign in, and their second steps. */
export const waysIn: readonly WayIn[] = [oidc, password, secondStep, passkey];
