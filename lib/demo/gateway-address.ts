/** Where a process on this machine reaches the gateway: over loopback wherever the gateway listens there. */
export function gatewayAddress({ host, port }: { host: string; port: number }): string {
  if (host === '::' || host === '::1') return `http://[::1]:${port}`;
  if (host === '0.0.0.0' || host === 'localhost') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
