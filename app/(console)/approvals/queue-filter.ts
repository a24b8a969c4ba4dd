import type { QueueFilter } from '@/components/approvals/approval-queue';

/** Which list an address asks for. */
export const readFilter = (show: string | string[] | null | undefined): QueueFilter => (show === 'others' || show === 'decided' ? show : 'yours');
