import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';

type Looks = {
  tone?: 'strong' | 'hand' | 'hand-fill' | 'halt' | 'quiet';
  size?: 'large' | 'tall';
  /** Dashed edge: it works once what is written inside it was done. */
  locked?: boolean;
  iconOnly?: boolean;
};

const looks = ({ tone, size, locked, iconOnly }: Looks) => ({ 'data-tone': tone, 'data-size': size, 'data-locked': locked || undefined, 'data-icon-only': iconOnly || undefined });

export function Button({ tone, size, locked, iconOnly, className = '', type = 'button', ...rest }: Looks & ComponentProps<'button'>) {
  return <button type={type} className={`button ${className}`} {...looks({ tone, size, locked, iconOnly })} {...rest} />;
}

export function ButtonLink({ tone, size, locked, iconOnly, className = '', ...rest }: Looks & ComponentProps<typeof Link>) {
  return <Link prefetch={false} className={`button ${className}`} {...looks({ tone, size, locked, iconOnly })} {...rest} />;
}

/** A button that cannot work now and must not look alive; it keeps its place and may explain itself when pressed. */
export function DeadButton({ children, ...rest }: { children: ReactNode } & ComponentProps<'button'>) {
  return <button type="button" className="button" data-dead aria-disabled="true" {...rest}><span>{children}</span></button>;
}
