'use client';

import { useSearchParams } from 'next/navigation';
import type { ComponentProps, ReactNode } from 'react';
import { ApprovalQueue } from '@/components/approvals/approval-queue';
import { readAsk, type QueueShow } from '@/components/approvals/queue-address';

export type AddressedQueueProps = Omit<ComponentProps<typeof ApprovalQueue>, 'ask' | 'empty'> & { empty: Record<QueueShow, ReactNode> };

/** The queue that the address asks for. */
export function AddressedQueue({ empty, ...rest }: AddressedQueueProps) {
  const ask = readAsk(useSearchParams());
  return <ApprovalQueue {...rest} ask={ask} empty={empty[ask.show]} />;
}
