import { Secret, TOTP } from 'otpauth';
import { sameText } from '@/lib/signing';

const PERIOD_S = 30;
const DIGITS = 6;
/** 160 bits, as RFC 4226 recommends; still short enough to type. */
export const TOTP_SECRET_BYTES = 20;

/** What apps count with. SHA-256 is asked for; many take the secret and count with SHA-1 all the same, which the first code shows. */
export const totpAlgorithms = ['SHA256', 'SHA1'] as const;
type TotpAlgorithm = (typeof totpAlgorithms)[number];

export type TotpVerdict = { kind: 'right'; step: bigint } | { kind: 'used' } | { kind: 'wrong' };

/**
 * Judges a code by RFC 6238, for a clock that is off by up to one step of 30 seconds. A code of a step that was taken already, or
 * of one before it, is `used`. All three steps are always computed and compared in constant time.
 */
export function judgeTotp(secret: Uint8Array, typed: string, now: Date, lastStep: bigint, algorithm: TotpAlgorithm): TotpVerdict {
  const code = typed.replace(/[\s-]/g, '');
  const otp = totp(secret, algorithm);
  const present = Math.floor(now.getTime() / 1_000 / PERIOD_S);
  const matching = [present - 1, present, present + 1].filter((step) => sameText(otp.generate({ timestamp: step * PERIOD_S * 1_000 }), code));
  const step = matching.at(-1);
  if (step === undefined) return { kind: 'wrong' };
  return BigInt(step) > lastStep ? { kind: 'right', step: BigInt(step) } : { kind: 'used' };
}

/** When a code was last taken, to within its half minute: the step of time is all that is kept. Null for none. */
export function lastUseOfStep(lastStep: bigint, now: Date): string | null {
  return lastStep === 0n ? null : new Date(Math.min(Number(lastStep) * PERIOD_S * 1_000, now.getTime())).toISOString();
}

/** Judges a first code and finds which hash the app counts with. */
export function judgeFirstTotp(secret: Uint8Array, typed: string, now: Date): { verdict: TotpVerdict; algorithm: TotpAlgorithm } {
  const judged = totpAlgorithms.map((algorithm) => ({ verdict: judgeTotp(secret, typed, now, 0n, algorithm), algorithm }));
  return judged.find(({ verdict }) => verdict.kind === 'right') ?? judged[0]!;
}

/** What an authenticator app reads as a QR code, and what a person types where it cannot. */
export function totpEnrolment(secret: Uint8Array, about: { issuer: string; account: string }): { secret: string; uri: string } {
  const otp = totp(secret, totpAlgorithms[0], about);
  return { secret: otp.secret.base32, uri: otp.toString() };
}

const totp = (secret: Uint8Array, algorithm: TotpAlgorithm, about?: { issuer: string; account: string }) =>
  new TOTP({ secret: new Secret({ buffer: new Uint8Array(secret).buffer }), algorithm, digits: DIGITS, period: PERIOD_S, ...(about && { issuer: about.issuer, label: about.account }) });
