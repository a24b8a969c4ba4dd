import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** A page that is read again at a hint is without its title for a moment, so axe is not asked about it: it is waited for. */
const TITLE = 'document-title';

/**
 * What axe finds serious, each with where it is. `part`: of that part alone; `rules`: by these alone, where the rest has been looked at;
 * `every`: also what axe takes for minor.
 */
export async function barriers(page: Page, { part, rules, every = false }: { part?: string; rules?: string[]; every?: boolean } = {}): Promise<string[]> {
  await expect(page).toHaveTitle(/\S/);
  const axe = part === undefined ? new AxeBuilder({ page }) : new AxeBuilder({ page }).include(part);
  const { violations } = await (rules ? axe.withRules(rules) : axe.withTags(TAGS).disableRules([TITLE])).analyze();
  return violations.filter((one) => every || one.impact === 'serious' || one.impact === 'critical').map((one) => `${one.id}: ${one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}
