import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlOfTx } from '@/lib/db';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent, write } from '@/lib/log';
import type { KeyProvider } from '@/lib/signing';
import type { PolicyVersion } from './schema';
import { highestSequence } from './highest-sequence';
import { signBundle } from './sign-bundle';
import { checkChannels } from './validate/check-channels';
import { validateBundle, type BundleFinding } from './validate/validate-bundle';

export type PublishInput = { bundle: unknown };
export type Published = PolicyVersion & { findings: BundleFinding[] };

/**
 * Validates, signs and activates a bundle, and tells every gateway. Its sequence must be higher than any before, also
 * than any that the log remembers; a rollback is the old content under a new sequence. Throws `invalid` with what blocks it, `conflict`.
 */
export async function publishBundle(ctx: Context, input: PublishInput, { keys }: { keys: KeyProvider }): Promise<Published> {
  authorise(ctx, 'policy.publish');
  const verdict = validateBundle(input.bundle);
  if (!verdict.ok) {
    const errors = verdict.findings.filter((finding) => finding.level === 'error');
    throw invalid(`The bundle has ${errors.length === 1 ? 'an error' : `${errors.length} errors`} and was not published.`, errors.map(({ path, message }) => ({ path, message })));
  }
  const signed = await signBundle(verdict.bundle, keys);
  return write<Published>(ctx, async (tx) => {
    // One publisher at a time: two that saw the same highest sequence must not both win.
    await sqlOfTx(tx).rows(`SELECT pg_advisory_xact_lock(hashtext('countersign bundle'))::text`);
    const highest = await highestSequence(sqlOfTx(tx));
    if (signed.sequence <= highest) throw conflict(`Sequence ${signed.sequence} was already used; the next one is ${highest + 1}.`, { highest });
    // A bundle is validated anywhere, also where there is no database; which channels there are is known only here.
    const channels = await sqlOfTx(tx).rows<{ name: string }>('SELECT name FROM channel WHERE removed_at IS NULL');
    const findings = [...verdict.findings, ...checkChannels(verdict.bundle, new Set(channels.map(({ name }) => name)))];
    const activatedAt = ctx.now();
    await tx.bundle.create({ data: { ...signed, createdAt: activatedAt, activatedAt, activatedBy: recordedActor(ctx.actor) } });
    const version = String(signed.sequence);
    await sqlOfTx(tx).rows(`SELECT pg_notify('cs_bundle', $1)::text`, [JSON.stringify({ version })]);
    return {
      view: { version, sequence: signed.sequence, sha256: signed.sha256, findings },
      events: [organisationEvent('policy.activated', { sequence: signed.sequence, sha256: signed.sha256, name: verdict.bundle.name })],
    };
  });
}
