import type { PendingRequest } from '@/lib/pending/schema';

export type PendingRequestView = PendingRequest;
export type PendingReleaseView = Extract<PendingRequest, { kind: 'switch_release' }>;
