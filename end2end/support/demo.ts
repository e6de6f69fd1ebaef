// What one does in the demo beside the console: choose who one is, and play the identity provider.
import { type Locator, type Page, expect } from '@playwright/test';
import type { Credentials } from './console.ts';

/** Who the two large buttons of the demo's identity provider make one. */
export type Chosen = 'Ada, administrator' | 'Ben, member';

/** Signs in through the identity provider of the demo. */
export async function signInAs(page: Page, url: string, chosen: Chosen): Promise<void> {
  await leaveToChoose(page, url);
  await page.getByRole('button', { name: chosen }).click();
}

/** Signs in as somebody whom the large buttons do not name. */
export async function signInAsSomebodyElse(page: Page, url: string, name: string): Promise<void> {
  await leaveToChoose(page, url);
  await page.locator('summary', { hasText: 'Somebody else' }).click();
  await page.getByLabel('Name or address').fill(name);
  await page.getByLabel('Name or address').press('Enter');
  await page.getByRole('button', { name }).click();
}

async function leaveToChoose(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByRole('main').getByRole('link', { name: /demo/i }).click();
  await expect(page.getByRole('heading', { name: 'Who are you today?' })).toBeVisible();
}

/** The panel **Push from an identity provider**. */
export class Panel {
  constructor(private readonly page: Page) {}

  /** Goes there by the banner. */
  async open(): Promise<void> {
    await this.banner.getByRole('link', { name: /push/i }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: 'Push from an identity provider' })).toBeVisible();
  }

  get banner(): Locator {
    return this.page.getByRole('complementary', { name: 'Demo' });
  }

  /** Takes the URL and the token of a connection. */
  async connect({ url, token }: Credentials): Promise<void> {
    await this.page.getByLabel('URL').fill(url);
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Save connection' }).click();
  }

  /** Presses a button, and says how many requests were answered well and how many were refused. */
  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button }).click();
    await expect(this.said.getByRole('heading', { level: 2 })).toHaveText(button);
  }

  /** What was said last. */
  get said(): Locator {
    return this.page.locator('#said');
  }
}
