#!/usr/bin/env node
// The command line's front: `npx countersign …` or `npm run countersign -- …`.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEnvFile, root } from './run-command.mjs';

const program = path.join(root, 'dist', 'cli.js');
if (!existsSync(program)) {
  console.error('Countersign is not built yet. Run "npm start" (which also builds) or "npm run build" first.');
  process.exitCode = 1;
} else {
  loadEnvFile();
  await import(program);
}
