type Headers = { get(name: string): string | null };

/**
 * Whether a request that changes something comes from a page of this console. Browsers say so in Sec-Fetch-Site and Origin, and
 * pages cannot forge either. A caller who sends neither is no browser and carries nobody's cookies but its own.
 * `Host` arrives as the browser sent it; `publicUrl` covers a proxy in front that rewrites it.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  // `none` is a person typing an address; nothing that changes anything starts like that.
  if (site !== null && site !== 'same-origin') return false;
  if (origin === null) return site === 'same-origin' || site === null;
  const from = parseOrigin(origin);
  if (!from) return false;
  if (from.origin === new URL(publicUrl).origin) return true;
  // Over plain HTTP the host tells; where https is the public face, an http page of the same name is somebody else's.
  return !publicUrl.startsWith('https:') && from.protocol === 'http:' && from.host === headers.get('host')?.toLowerCase();
}

function parseOrigin(origin: string): URL | undefined {
  try {
    const url = new URL(origin);
    return url.origin === origin.toLowerCase() ? url : undefined;
  } catch {
    return undefined;
  }
}
