import { expect, test } from '@playwright/test';
import { pageWeight } from '../scripts/page-weight.mjs';
import { product, signIn } from './product';
import { playScene } from './scene';

const MOST_BYTES = 170 * 1_024;

test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

test('the phone’s approval page is at most 170 KB of JavaScript, gzipped', async ({ page }) => {
  const scene = await playScene('weight');
  try {
    await signIn(page);
    const { total, files } = await pageWeight(page, `${product.url}/approvals/${scene.approvalId}`);
    test.info().annotations.push({ type: 'weight', description: `${total} bytes in ${files.length} files` });
    expect(files.length).toBeGreaterThan(3);
    expect(total, files.map((file) => `${file.bytes} ${file.path}`).join('\n')).toBeLessThanOrEqual(MOST_BYTES);
  } finally {
    await scene.session.close();
    await scene.agent.close();
  }
});
