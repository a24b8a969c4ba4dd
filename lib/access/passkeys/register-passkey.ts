import { verifyRegistrationResponse, type RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Context } from '@/lib/context';
import { isUniqueViolation, type Tx } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { authorise } from '../authorise';
import { lockPerson } from '../internal';
import { showedFactor } from '../second-factor';
import { relyingParty } from '../step-up/relying-party';
import { notingRefusals, StepUpRefused, type StepUpRefusal } from '../step-up/step-up-transaction';
import { livePasskeys } from './begin-passkey';
import { ownerOf, type Owner } from './prove-again';
import { passkeyView } from './queries';
import { registerPasskeySchema, type PasskeyView, type RegisterPasskey } from './schema';

/** Keeps the key that a browser made for a challenge of `beginPasskey`. `conflict` when it is somebody's already or there are ten. */
export async function registerPasskey(ctx: Context, input: RegisterPasskey): Promise<PasskeyView> {
  authorise(ctx, 'credential.manage');
  const owner = ownerOf(ctx);
  const { challengeId, name, response } = parseInput(registerPasskeySchema, input);
  const refused = (why: StepUpRefusal) => new StepUpRefused(why, { purpose: 'credential.change', objectId: owner.id, challengeId });
  return notingRefusals(ctx, () => write(ctx, async (tx) => {
    await lockPerson(tx, owner.id);
    const challenge = await takeChallenge(tx, owner, challengeId, refused);
    const made = await readKey(response, challenge, refused);
    await livePasskeys(tx, owner.id);
    const row = await tx.passkey.create({
      data: {
        id: newId(), personId: owner.id, credentialId: made.credential.id, publicKey: made.credential.publicKey, counter: BigInt(made.credential.counter),
        transports: response.response.transports ?? [], name, backedUp: made.credentialBackedUp, createdAt: ctx.now(),
      },
    });
    await showedFactor(tx, owner, 'password_passkey');
    return { view: passkeyView(row), events: [organisationEvent('person.passkey_added', { personId: owner.id, passkeyId: row.id, name })] };
  })).catch((error: unknown) => {
    if (isUniqueViolation(error)) throw conflict('This key is registered already. Nothing was changed.');
    throw error;
  });
}

type Row = { personId: string | null; purpose: string; signInId: string | null; challenge: string; used: boolean; over: boolean };

async function takeChallenge(tx: Tx, owner: Owner, id: string, refused: (why: StepUpRefusal) => StepUpRefused): Promise<string> {
  await tx.$queryRaw`SELECT 1 FROM passkey_challenge WHERE id = ${id}::uuid FOR UPDATE`;
  const [asked] = await tx.$queryRaw<Row[]>`
    SELECT person_id AS "personId", purpose, object_id AS "signInId", challenge, used_at IS NOT NULL AS used, expires_at <= clock_timestamp() AS over FROM passkey_challenge WHERE id = ${id}::uuid`;
  if (!asked || asked.purpose !== 'register') throw refused('no_challenge');
  if (asked.personId !== owner.id) throw refused('other_person');
  if (asked.signInId !== owner.signInId) throw refused('other_sign_in');
  if (asked.used) throw refused('used');
  if (asked.over) throw refused('expired');
  await tx.$executeRaw`UPDATE passkey_challenge SET used_at = clock_timestamp() WHERE id = ${id}::uuid`;
  return asked.challenge;
}

async function readKey(response: RegistrationResponseJSON, challenge: string, refused: (why: StepUpRefusal) => StepUpRefused) {
  const { origin, rpId } = relyingParty();
  let found: StepUpRefusal | undefined;
  const note = (matches: boolean, why: StepUpRefusal) => { if (!matches) found ??= why; };
  const said = clientData(response.response.clientDataJSON);
  note(said.challenge === challenge, 'other_challenge');
  note(said.origin === origin && said.crossOrigin !== true, 'other_origin');
  if (found) throw refused(found);
  const made = await verifyRegistrationResponse({ response, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId, requireUserPresence: true, requireUserVerification: true }).catch((error: unknown) => {
    throw refused(/user verification|user presence/i.test(String(error)) ? 'not_verified' : 'bad_signature');
  });
  if (!made.verified) throw refused('bad_signature');
  return made.registrationInfo;
}

function clientData(text: string): { challenge?: unknown; origin?: unknown; crossOrigin?: unknown } {
  try {
    return (JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) ?? {}) as object;
  } catch {
    return {};
  }
}
