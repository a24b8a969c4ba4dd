import type { Page } from '@playwright/test';

export function pageWeight(page: Page, url: string): Promise<{ total: number; files: { path: string; bytes: number }[] }>;
