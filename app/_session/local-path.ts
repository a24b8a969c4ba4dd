/** The header in which the proxy tells pages their own address; it overwrites whatever a caller put there. */
export const PATH_HEADER = 'x-countersign-path';

// What a URL parser would throw away or turn round before anybody compared: control characters, white space, backslashes.
const confusing = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\\]/;

/** The path if it surely leads to a page of this console, else `/`. For everything that says where to go next. */
export function localPath(value: unknown, otherwise = '/'): string {
  if (typeof value !== 'string' || value.length > 2_000 || confusing.test(value)) return otherwise;
  // One slash: two are another host, and none is relative to wherever one stands.
  if (!/^\/(?!\/)/.test(value)) return otherwise;
  let url: URL;
  try {
    url = new URL(value, 'http://console.invalid');
  } catch {
    return otherwise;
  }
  if (url.origin !== 'http://console.invalid' || url.pathname.startsWith('//')) return otherwise;
  // Not back to where one signs in or out, and no API: those are no pages.
  if (/^\/(sign-in|set-password|api)(\/|$)/i.test(url.pathname)) return otherwise;
  return url.pathname + url.search + url.hash;
}
