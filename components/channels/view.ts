import type { CredentialProof, OfferedStepUp } from '@/lib/access/schema';
import type { ChangeChannel, CreateChannel, RotateSecret } from '@/lib/notify/schema';

export type { ChannelKind, ChannelView, NoticeView } from '@/lib/notify/schema';

/** `proof`: it has to be shown once more that it is the person. */
export type Done<T> = { ok: true; value: T } | { ok: false; because: string; proof?: boolean };
export type Asked = { ok: true; value: OfferedStepUp } | { ok: false; error: { message: string; data?: Record<string, unknown> } };

export type ManageChannels = {
  create: (input: CreateChannel, proof?: CredentialProof) => Promise<Done<{ signingSecret: string | null }>>;
  change: (input: ChangeChannel, proof?: CredentialProof) => Promise<Done<null>>;
  rotate: (input: RotateSecret, proof?: CredentialProof) => Promise<Done<{ signingSecret: string | null; overlapUntil: string | null }>>;
  remove: (channelId: string, proof?: CredentialProof) => Promise<Done<null>>;
  test: (channelId: string) => Promise<Done<null>>;
  retry: (noticeId: string) => Promise<Done<null>>;
  discard: (noticeId: string) => Promise<Done<null>>;
  beginProof: (channel: string) => Promise<Asked>;
};
