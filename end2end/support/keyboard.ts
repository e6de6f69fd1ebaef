// What somebody without a mouse meets: where Tab leads, and whether one sees it.
import { type Locator, type Page, expect } from '@playwright/test';

/** More controls than any page has. */
const ENOUGH = 150;

/** Presses Tab until this has the focus, and shows it. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < ENOUGH; presses++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expectVisibleFocus(page);
      return;
    }
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** Walks through the whole page by Tab: every control is reached, and each shows that it has the focus. */
export async function expectEveryControlReached(page: Page): Promise<void> {
  const controls = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, summary');
    // A radio group is one stop; what is folded away or disabled is none.
    const stops = [...all].filter((one) => {
      const isChosen = one instanceof HTMLInputElement && one.type === 'radio' ? one.checked : true;
      return isChosen && one.checkVisibility({ visibilityProperty: true }) && !one.matches(':disabled');
    });
    stops.forEach((stop, index) => stop.setAttribute('data-stop', String(index)));
    return stops.map((stop) => stop.outerHTML.slice(0, 120));
  });
  expect(controls.length, 'there are controls').toBeLessThan(ENOUGH);
  const reached = new Set<number>();
  for (let presses = 0; presses <= controls.length + 5; presses++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => document.activeElement?.getAttribute('data-stop') ?? null);
    if (stop === null) continue;
    await expectVisibleFocus(page);
    reached.add(Number(stop));
  }
  expect(controls.filter((_, index) => !reached.has(index)), 'what Tab does not reach').toEqual([]);
}

/** What has the focus lies on the screen and is drawn otherwise than without it. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const { drawn, inside, what } = await page.evaluate(() => {
    const focused = document.activeElement as HTMLElement;
    // A switch or a field may draw the focus around its frame.
    const frames = [focused, ...focused.querySelectorAll('*'), focused.closest('label, .search, .field')].filter((one) => one !== null);
    const drawn = frames.some((one) => {
      const style = getComputedStyle(one);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    });
    const box = focused.getBoundingClientRect();
    const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { drawn, inside, what: focused.outerHTML.slice(0, 160) };
  });
  expect({ drawn, inside }, `the focus on ${what}`).toEqual({ drawn: true, inside: true });
}
