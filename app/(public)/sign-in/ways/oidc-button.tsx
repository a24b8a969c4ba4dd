'use client';

import { ProviderButton } from '@/components/access/provider-button';
import { visitProvider } from '@/components/access/visit-provider';

export function OidcButton({ name, next, problem, down }: { name: string; next: string; problem?: string | undefined; down: string }) {
  return <ProviderButton name={name} problem={problem} down={down} visit={() => visitProvider({ callbackUrl: next })} />;
}
