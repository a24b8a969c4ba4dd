import type { ReactNode } from 'react';
import { PasskeyWay } from './passkey-way';
import { OidcWay } from './oidc-way';
import { PasswordWay } from './password-way';

export type WayProps = {
  /** Where to go once signed in: surely a page of this console. */
  next: string;
  notice?: string | undefined;
  /** Why a way that leads elsewhere came back without anything: whatever stood in the address, so show it only through a closed list. */
  word?: string | undefined;
};

/** The ways in that the page shows, the first one first. One that is not set up here renders nothing. */
export const ways: readonly { id: string; Way: (props: WayProps) => ReactNode | Promise<ReactNode> }[] = [{ id: 'password', Way: PasswordWay }, { id: 'passkey', Way: PasskeyWay }, { id: 'oidc', Way: OidcWay }];
