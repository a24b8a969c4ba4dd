#!/usr/bin/env node
import { runMcpProxy } from './main';

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
process.exitCode = await runMcpProxy(process.argv.slice(2), { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, signal: ended.signal });
// A pipe to a client that is gone must not keep this process.
process.stdin.destroy();
