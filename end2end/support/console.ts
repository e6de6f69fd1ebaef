// What an administrator does in the console, by the names on the screen.
import { type Locator, type Page, expect } from '@playwright/test';

/** The administrator of every story. */
export const ADA = { name: 'Ada Lovelace', email: 'ada@acme.example', passphrase: 'the engine weaves algebraic patterns' };

/** What an administrator copies into an identity provider. */
export interface Credentials {
  url: string;
  token: string;
}

/** Goes past the steps that a first sign-in begins. */
export async function skipSteps(page: Page): Promise<void> {
  for (const title of ['Is this you?', 'What is where']) {
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await page.getByRole('button', { name: 'Skip' }).click();
  }
  // Who administers something with a passphrase is offered one step more.
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('What is where');
  if (await page.getByRole('heading', { level: 1, name: 'A second factor' }).isVisible()) {
    await page.getByRole('button', { name: 'Skip' }).click();
  }
}

export class Console {
  constructor(
    readonly page: Page,
    /** Where Muster is reached. */
    readonly url: string,
  ) {}

  /** Opens a page by its address. */
  async visit(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** Goes to a part of the console by the navigation. */
  async go(section: string): Promise<void> {
    await this.navigation.getByRole('link', { name: section }).click();
    await expect(this.heading(section)).toBeVisible();
  }

  get navigation(): Locator {
    return this.page.getByRole('navigation', { name: 'Main' });
  }

  get main(): Locator {
    return this.page.getByRole('main');
  }

  /** What is said at the bottom of the screen about what just happened. */
  get toasts(): Locator {
    return this.page.locator('.toasts').getByRole('paragraph');
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  /** A row of a list, by the name of what it shows. */
  row(name: string | RegExp): Locator {
    return this.main.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name }) });
  }

  /** Something that belongs to one heading of the page. */
  region(name: string | RegExp): Locator {
    return this.main.getByRole('region', { name });
  }

  button(name: string): Locator {
    return this.main.getByRole('button', { name, exact: true });
  }

  /** Follows the link that was printed at the first start, and becomes the first administrator. */
  async setUp(link: string, organisation: string): Promise<void> {
    await this.page.goto(link);
    await this.main.getByLabel('Organisation').fill(organisation);
    await this.main.getByLabel('Your name').fill(ADA.name);
    await this.main.getByLabel('Your e-mail address').fill(ADA.email);
    await this.main.getByLabel('Passphrase', { exact: true }).fill(ADA.passphrase);
    await this.button('Create administrator').click();
    await expect(this.heading(organisation)).toBeVisible();
  }

  /** Signs in by passphrase. */
  async signIn(email: string, passphrase: string): Promise<void> {
    await this.visit('/sign-in');
    await this.main.getByLabel('E-mail address').fill(email);
    await this.main.getByLabel('Passphrase').fill(passphrase);
    await this.button('Sign in').click();
  }

  async addNode(name: string, below: string): Promise<void> {
    await this.go('Nodes');
    const form = this.region('Add node');
    await form.getByLabel('Name').fill(name);
    await form.getByLabel('Below').selectOption({ label: below });
    await form.getByRole('button', { name: 'Add node' }).click();
    await expect(this.heading(name)).toBeVisible();
  }

  /** On the page of a node: **Add method › SCIM**. */
  async addScim(provider: string): Promise<void> {
    await this.main.getByRole('link', { name: 'Add method' }).click();
    await this.region(/^SCIM \(System for Cross-domain Identity Management\)/).getByLabel(provider).check();
    await this.button('Add SCIM').click();
    await expect(this.heading(provider)).toBeVisible();
  }

  /** Presses **Generate token**, and copies the URL and the token. */
  async generateToken(): Promise<Credentials> {
    await this.button('Generate token').click();
    return { url: await this.copied('base URL'), token: await this.copied('token') };
  }

  async saveConnection(): Promise<void> {
    await this.button('Save connection').click();
    await expect(this.toasts.filter({ hasText: 'was saved' })).toBeVisible();
  }

  /** On the page of a user: their place in a team. */
  placeIn(team: string): Locator {
    return this.region('Teams').locator('.team-row').filter({ has: this.page.getByRole('link', { name: team }) });
  }

  /** The state beside the title of a page. */
  get state(): Locator {
    return this.main.locator('.page-head .state');
  }

  /** Signs in at the identity provider with the button of this name, and lets it tell who one is. */
  async signInAt(provider: string, account: { email: string; passphrase: string }): Promise<void> {
    await this.visit('/sign-in');
    await this.main.getByRole('link', { name: `Sign in with ${provider}` }).click();
    await this.page.getByLabel('E-mail address').fill(account.email);
    await this.page.getByLabel('Passphrase').fill(account.passphrase);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('button', { name: 'Allow' }).click();
  }

  /** What a copy button copies; without script there is none, and the text stands there to be marked. */
  private async copied(what: string): Promise<string> {
    // The guide of the connection repeats the address: the first is the one beside its label.
    const button = this.main.getByRole('button', { name: `Copy ${what}` }).first();
    const shown = await this.main.locator('.copy', { has: this.page.locator(`[aria-label="Copy ${what}"]`) }).locator('code').first().innerText();
    if (await button.isVisible()) {
      // A click before its script is awake does nothing, as a person would notice too.
      await expect(async () => {
        await button.click();
        await expect(button).toHaveText('Copied', { timeout: 1_000 });
      }).toPass();
      expect(await this.page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    }
    return shown;
  }
}
