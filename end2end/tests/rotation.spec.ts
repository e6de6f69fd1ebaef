// A token is changed for another while the identity provider goes on: nobody notices.
import { Console } from '../support/console.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

/** So many people arrive at the least between two steps of the administrator. */
const BETWEEN = 5;

/** A sync that goes on by itself, with the token that was pasted last. */
class Sync {
  arrived = 0;
  failed: unknown[] = [];
  private isOver = false;

  constructor(public okta: Okta) {}

  async run(): Promise<void> {
    while (!this.isOver) {
      const number = this.arrived + this.failed.length;
      try {
        await this.okta.assign({ givenName: 'Person', familyName: `No ${number}`, email: `p${number}@acme.example` });
        this.arrived += 1;
      } catch (error) {
        this.failed.push(error);
      }
      // As fast as an identity provider, and not as fast as the machine: stories beside this one need it too.
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  /** Waits until it has gone on for a while. */
  async goesOn(): Promise<void> {
    const until = this.arrived + BETWEEN;
    await expect.poll(() => this.failed.length > 0 || this.arrived >= until).toBe(true);
    expect(this.failed).toEqual([]);
  }

  stop(): void {
    this.isOver = true;
  }
}

test('a token rotated under load', async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.addNode('Berlin', 'Acme');
  await ada.addScim('Okta');
  const first = await ada.generateToken();
  await ada.saveConnection();
  const sync = new Sync(new Okta(first.url, first.token));
  const running = sync.run();
  const tokens = ada.region('Address and token').getByRole('row');
  const shown = (token: string) => tokens.filter({ hasText: token.slice(0, 18) });

  await test.step('Okta pushes people', async () => {
    await sync.goesOn();
  });

  const second = await test.step('a second token is made and saved beside the first', async () => {
    await ada.visit('/nodes/2/connection');
    await ada.main.getByLabel('Name of the token').fill('The next one');
    await ada.main.getByLabel('Good for').selectOption({ label: '90 days' });
    const made = await ada.generateToken();
    await ada.saveConnection();
    await expect(shown(made.token)).toContainText('The next one');
    await expect(shown(made.token)).toContainText('paste it into the identity provider');
    await expect(shown(made.token)).toContainText('in 89 days');
    await sync.goesOn();
    return made;
  });

  await test.step('it is pasted into Okta, and the first gets its end', async () => {
    sync.okta = new Okta(second.url, second.token);
    await sync.goesOn();
    await expect(async () => {
      await ada.visit('/nodes/2/connection');
      await expect(shown(first.token)).toContainText('a newer one is in use', { timeout: 500 });
    }).toPass();
    await expect(shown(second.token)).toContainText('Okta SCIM Client');
  });

  await test.step('the first is revoked', async () => {
    await shown(first.token).getByRole('button', { name: 'Revoke' }).click();
    await ada.button('Revoke token').click();
    await expect(ada.toasts.filter({ hasText: 'was revoked' })).toBeVisible();
    expect((await new Okta(first.url, first.token).testConnection()).detail).toMatch(/^401 /);
    await sync.goesOn();
  });

  await test.step('no request was lost', async () => {
    sync.stop();
    await running;
    expect(sync.failed).toEqual([]);
    await ada.visit('/users');
    await expect(ada.main.getByText(`${sync.arrived + 1} users.`)).toBeVisible();
  });
});
