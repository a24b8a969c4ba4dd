import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Types are held by `npm run check`, once for the whole tree; a second time here would cost every first start half a minute.
  typescript: { ignoreBuildErrors: true },
  // Native or WebAssembly parts that must be loaded from node_modules, not bundled.
  serverExternalPackages: ['@cedar-policy/cedar-wasm', '@node-rs/argon2', 'pg', 'pino', 'prom-client', 'socket.io'],
  turbopack: { root: import.meta.dirname },
};

export default config;
