import { shareKeyTurn, type Sql } from '@/lib/db';
import { unavailable } from '@/lib/errors';
import { newId } from '@/lib/protocol/ids';
import { channelSecretPlace, channelWrapper } from '@/lib/signing';

export type SecretWhat = 'address' | 'signing' | 'key' | 'password';
export type OpenedSecrets = Partial<Record<Exclude<SecretWhat, 'signing'>, string>> & { signing: string[] };

/** Seals a word and keeps it for the channel; what was there of its kind must have been ended or taken away before. */
export async function keepSecret(tx: Sql, channelId: string, what: SecretWhat, word: string, now: Date): Promise<void> {
  await shareKeyTurn(tx, 'channel-wrapping');
  const id = newId();
  // Of what was drawn by chance the end tells one from another and says nothing; of a word that a person chose it may be all of it.
  const hint = what === 'signing' || what === 'key' ? word.slice(-4) : '';
  const { keyId, bytes } = await channelWrapper().wrap(Buffer.from(word, 'utf8'), channelSecretPlace(id));
  await tx.rows('INSERT INTO channel_secret (id, channel_id, what, sealed, key_id, hint, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [id, channelId, what, Buffer.from(new Uint8Array(bytes)), keyId, hint, now]);
}

/** What a channel is called with now; of signing secrets all that live, the newest first. */
export async function openSecrets(db: Sql, channelId: string): Promise<OpenedSecrets> {
  const rows = await db.rows<{ id: string; what: SecretWhat; sealed: Buffer; keyId: string }>(
    'SELECT id, what, sealed, key_id AS "keyId" FROM channel_secret WHERE channel_id = $1 AND (ends_at IS NULL OR ends_at > clock_timestamp()) ORDER BY created_at DESC, id DESC', [channelId]);
  const opened: OpenedSecrets = { signing: [] };
  for (const { id, what, sealed, keyId } of rows) {
    const word = await channelWrapper().unwrap({ keyId, bytes: Buffer.from(sealed) }, channelSecretPlace(id));
    // Sealed by a key that is gone, or moved here from another row.
    if (!word.ok) throw unavailable('A secret of this channel cannot be opened: the key that it was sealed with is not here. Rotate the secret.');
    const text = word.bytes.toString('utf8');
    if (what === 'signing') opened.signing.push(text);
    else opened[what] ??= text;
  }
  return opened;
}
