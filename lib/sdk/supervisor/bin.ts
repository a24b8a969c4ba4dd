#!/usr/bin/env node
import { runSupervise } from './main';

process.exitCode = await runSupervise(process.argv.slice(2), { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text), env: process.env });
