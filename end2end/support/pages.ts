// How a page looks and behaves by day, by night and on a telephone; each of the three is kept as a picture.
import { join, resolve } from 'node:path';
import { type Page, expect } from '@playwright/test';
import { expectAccessible } from './axe.ts';

const PICTURES = resolve(import.meta.dirname, '../screenshots');
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

const LOOKS = [
  { look: 'light', colorScheme: 'light', size: WIDE },
  { look: 'dark', colorScheme: 'dark', size: WIDE },
  { look: 'narrow', colorScheme: 'light', size: NARROW },
] as const;

/** Looks at the page as it stands: axe, no sideways scrolling, a picture; three times. */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  for (const { look, colorScheme, size } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    await settled(page);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.screenshot({ path: join(PICTURES, `${name}-${look}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
}

/** Ends what is on its way from one look to another: without a screen nothing moves on by itself. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  });
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, room } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { content: scrollWidth, room: clientWidth };
  });
  expect(content, `the width of ${page.url()} in a window of ${room}`).toBeLessThanOrEqual(room);
}
