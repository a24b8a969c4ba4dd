export type Policy = { kind: 'page'; nonce: string; https: boolean; dev: boolean; controlOrigin: string } | { kind: 'data' };

/** What a browser may load and run: on pages our own files and the scripts that carry this response's nonce, on data nothing. */
export function contentPolicy(policy: Policy): string {
  if (policy.kind === 'data') return "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  const { nonce, https, dev, controlOrigin } = policy;
  return [
    "default-src 'self'",
    // Development alone: React's messages need eval, hot reloading writes styles and has a socket of its own.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    // 'self' covers ws and wss of the same host in browsers of today. Control, so that a device's key stops where the console is dead.
    `connect-src 'self' ${controlOrigin}${dev ? ' ws: wss:' : ''}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    ...(https ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** The headers that every answer carries. */
export function securityHeaders({ https }: { https: boolean }): [string, string][] {
  return [
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    // Not no-referrer: it would turn the Origin of our own forms into null, and Origin is what they are known by.
    ['referrer-policy', 'same-origin'],
    ['permissions-policy', 'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=(), interest-cohort=(), publickey-credentials-get=(self)'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(https ? [['strict-transport-security', 'max-age=63072000; includeSubDomains'] as [string, string]] : []),
  ];
}
