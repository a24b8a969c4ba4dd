import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or WebAssembly parts that must be loaded from node_modules, not bundled.
  serverExternalPackages: ['@cedar-policy/cedar-wasm', '@node-rs/argon2', 'pg', 'pino', 'prom-client', 'socket.io'],
  turbopack: { root: import.meta.dirname },
};

export default config;
