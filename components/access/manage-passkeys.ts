import type { CredentialAct, CredentialProof, PasskeyRegistration, PasskeyView, RegisterPasskey, StepUpChallenge } from '@/lib/access/schema';

type Failure = { ok: false; error: { code: string; message: string; data?: Record<string, unknown> } };
export type Answer<T> = { ok: true; value: T } | Failure;

/** What the page gives to change one's passkeys with. */
export type ManagePasskeys = {
  beginProof: (act: CredentialAct) => Promise<Answer<StepUpChallenge>>;
  begin: (proof?: CredentialProof) => Promise<Answer<PasskeyRegistration>>;
  register: (input: RegisterPasskey) => Promise<Answer<PasskeyView>>;
  rename: (passkeyId: string, name: string) => Promise<Answer<void>>;
  remove: (passkeyId: string, proof?: CredentialProof) => Promise<Answer<void>>;
};

export const noAnswer = (): Failure => ({ ok: false, error: { code: 'unavailable', message: 'The server did not answer.' } });

/** Whether the server wants the person to show once more that it is them. */
export const wantsProof = (answer: Answer<unknown>): boolean => !answer.ok && answer.error.code === 'step_up_required' && answer.error.data?.why === 'proof_needed';
