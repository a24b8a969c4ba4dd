import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Door } from './door';
import { SetPasswordForm } from './set-password-form';
import { SignInForm } from './sign-in-form';

const frame = (children: React.ReactNode) => renderToStaticMarkup(<Door title="T" lede="L" server={{ host: 'console.example.org', environment: 'production' }} you={{ note: 'not signed in' }}>{children}</Door>);

describe('the pages before the console', () => {
  const signIn = frame(<SignInForm signIn={async () => 'refused'} notice="Your password is set." />);
  const setPassword = frame(<SetPasswordForm email="ada@example.org" minimum={12} setPassword={async (before) => before} />);

  it.each([['sign in', signIn], ['set password', setPassword]])('%s writes no style and no handler into the page: the policy would drop them', (_name, html) => {
    expect(html).not.toMatch(/ style="|<style| on[a-z]+="/);
  });

  it('never puts a password into an address, and tells password managers which is which', () => {
    expect(signIn).toMatch(/<form[^>]* method="post"/);
    expect(signIn).toMatch(/type="password"[^>]*autoComplete="current-password"|autocomplete="current-password"/i);
    expect(setPassword).toMatch(/autocomplete="new-password"/i);
    expect(setPassword).toMatch(/minlength="12"/i);
    expect(signIn).toContain('console.example.org');
  });
});
