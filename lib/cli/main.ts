import { DomainError } from '@/lib/errors';
import { runCommandLine } from './commands';

const written = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => { stream.write('', () => resolve()); });

process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0); });
runCommandLine(process.argv.slice(2), { out: (text) => { process.stdout.write(text); }, err: (text) => { process.stderr.write(text); } }).then(
  async (code) => {
    await Promise.all([written(process.stdout), written(process.stderr)]);
    process.exit(code);
  },
  (error: unknown) => {
    // A setting that cannot be used has a sentence of its own; anything else is ours to mend.
    console.error(error instanceof DomainError || (error instanceof Error && error.message.startsWith('The environment')) ? error.message : error);
    process.exit(1);
  },
);
