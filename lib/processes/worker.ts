import path from 'node:path';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, requiredUrl } from '@/lib/db';
import { DemoKeeper, gatewayAddress } from '@/lib/demo';
import { env } from '@/lib/env';
import { openHostDoor } from '@/lib/host';
import { startJobs, stopWhatWasSetBack, tableOfContents } from '@/lib/jobs';
import { anchorFile, Checkpoints, fileAnchor, webhookAnchor, type AnchorPlace } from '@/lib/log';
import { makeLogger } from '@/lib/logger';
import { FileKeys } from '@/lib/signing';
import { controlKeysFrom, StandingReader } from '@/lib/switches';
import type { RunningProcess } from './process-names';

/** The worker: everything that happens by the clock, and the other end of the command line. */
export async function run(): Promise<RunningProcess> {
  const settings = env();
  const logger = makeLogger('worker');
  const url = requiredUrl();
  const ctx = makeContext({ kind: 'system', process: 'worker' });
  const keyFolder = path.join(settings.dataDir, 'keys');
  const keys = new FileKeys({ folder: keyFolder, holds: ['bundle', 'checkpoint'] });
  const controlKeys = controlKeysFrom(new FileKeys({ folder: keyFolder, holds: [] }));
  // Made now, so that `keys show checkpoint` has something to show before the first minute is over.
  await keys.publicKeys('checkpoint');
  const checkpoints = new Checkpoints(keys, (what) => logger.error({ what }, 'the log is not what was signed'));
  const anchors: AnchorPlace[] = [fileAnchor(anchorFile(settings.dataDir), async (found) => {
    logger.error(found, 'the database is older than its anchor; everything is stopped until it is released');
    await stopWhatWasSetBack(ctx, 'file', found);
  })];
  if (settings.anchorWebhook) anchors.push(webhookAnchor({ ...settings.anchorWebhook, allowLoopback: settings.outboundAllowLoopback, onFailed: (detail) => logger.warn({ detail }, 'a checkpoint was not taken by the webhook; it is tried again') }));
  const livePins = () => new FileKeys({ folder: keyFolder, holds: [] }).verificationKeys('control/order').values();
  const demo = new DemoKeeper({ ctx, logger, dataDir: settings.dataDir, gatewayUrl: gatewayAddress(settings), controlKeys: livePins, atBoot: settings.demo });
  const timers = tableOfContents({ ctx, checkpoints, anchors, standing: new StandingReader(controlKeys, () => performance.now()), controlKeys, retentionUrl: settings.retentionDatabaseUrl });
  const jobs = await startJobs([...timers, demo], logger, url);
  const door = await openHostDoor(settings.dataDir, {
    checkpoints, keys, publicUrl: settings.publicUrl, source: `${settings.environment} at ${settings.publicUrl}`,
    controlKeys: livePins, retentionUrl: settings.retentionDatabaseUrl,
  }, logger);
  logger.info({ socket: door.path }, 'the clocks run');
  return {
    async stop() {
      await door.close();
      await demo.stop();
      await jobs.stop();
      await closePrisma();
      await closePools();
    },
  };
}
