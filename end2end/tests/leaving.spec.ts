// The door on other days: a sign-in that the provider begins, one that ends, and a provider that is down.
import { ADA, Console, skipSteps } from '../support/console.ts';
import { IdentityProvider } from '../support/identity_provider.ts';
import type { Muster } from '../support/muster.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

const GRACE = { subject: '00u1grace', name: 'Grace Hopper', email: 'grace@acme.example', passphrase: 'nanoseconds of wire' };

/** Ada has set Acme up, and added Grace, who signs in at Okta. */
async function begin(ada: Console, muster: Muster): Promise<void> {
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.visit('/users/new');
  await ada.main.getByLabel('Name', { exact: true }).fill(GRACE.name);
  await ada.main.getByLabel('E-mail address').fill(GRACE.email);
  await ada.button('Add user').click();
  await expect(ada.heading(GRACE.name)).toBeVisible();
}

test('a sign-in that the provider begins leads to the page it names', { tag: '@core' }, async ({ page, serve, someoneElse }) => {
  const provider = await IdentityProvider.start([GRACE]);
  const muster = await serve({ signIn: provider, domains: ['acme.example'] });
  await begin(new Console(await someoneElse(), muster.url), muster);
  await page.goto(`${provider.issuer}/portal`);
  await page.getByRole('link', { name: 'Muster' }).click();
  await page.getByLabel('E-mail address').fill(GRACE.email);
  await page.getByLabel('Passphrase').fill(GRACE.passphrase);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('by Okta');
});

test('whoever is locked while signed in is out with the next click', { tag: '@core' }, async ({ page, serve, someoneElse, watch }) => {
  watch.expect(/403 \(Forbidden\)/);
  const muster = await serve({ signIn: await IdentityProvider.start([GRACE]), domains: ['acme.example'] });
  const ada = new Console(await someoneElse(), muster.url);
  const grace = new Console(page, muster.url);
  await begin(ada, muster);

  await test.step('Grace is signed in, and Ada sees where', async () => {
    await grace.signInAt('Okta', GRACE);
    await skipSteps(page);
    await expect(grace.heading('Welcome, Grace')).toBeVisible();
    await ada.page.reload();
    await expect(ada.region('Sessions')).toContainText('from 127.0.0.1, by Okta');
  });

  await test.step('Ada ends the session, and Grace comes in again', async () => {
    await ada.button('End session').click();
    await expect(ada.toasts.filter({ hasText: 'The session was ended.' })).toBeVisible();
    await grace.main.getByRole('link', { name: 'Your account' }).click();
    await expect(grace.heading('Sign in to Acme')).toBeVisible();
    await grace.main.getByRole('link', { name: 'Sign in with Okta' }).click();
    await expect(grace.heading('Your account')).toBeVisible();
  });

  await test.step('Ada locks Grace, who is out with the next click and stays out', async () => {
    await ada.button('Lock user').first().click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Lock user' }).click();
    await expect(ada.state).toContainText('Locked');
    await grace.main.getByRole('link', { name: 'Back' }).click();
    await expect(grace.heading('Sign in to Acme')).toBeVisible();
    await grace.main.getByRole('link', { name: 'Sign in with Okta' }).click();
    await expect(grace.main).toContainText('Your account is locked. Contact your administrator.');
  });
});

test('while the provider is down an administrator gets in by passphrase', { tag: '@core' }, async ({ page, serve, someoneElse, watch }) => {
  watch.expect(/502/);
  const provider = await IdentityProvider.start([GRACE]);
  const muster = await serve({ signIn: provider, domains: ['acme.example'] });
  await begin(new Console(await someoneElse(), muster.url), muster);
  await provider.stop();
  const ada = new Console(page, muster.url);
  await ada.visit('/sign-in');
  await ada.main.getByRole('link', { name: 'Sign in with Okta' }).click();
  await expect(ada.main).toContainText('Okta cannot be reached at the moment. Try again later.');
  await ada.main.getByLabel('E-mail address').fill(ADA.email);
  await ada.main.getByLabel('Passphrase').fill(ADA.passphrase);
  await ada.button('Sign in').click();
  await expect(ada.heading('Acme')).toBeVisible();
});

test('signing out here is signing out at the provider too', { tag: '@core' }, async ({ page, serve, someoneElse, javaScriptEnabled }) => {
  const muster = await serve({ signIn: await IdentityProvider.start([GRACE]), domains: ['acme.example'] });
  await begin(new Console(await someoneElse(), muster.url), muster);
  const grace = new Console(page, muster.url);
  await grace.signInAt('Okta', GRACE);
  await skipSteps(page);
  await expect(grace.heading('Welcome, Grace')).toBeVisible();
  await grace.button('Sign out').click();
  await expect(page.getByRole('heading', { name: 'Sign out at the identity provider?' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(grace.toasts.filter({ hasText: 'You are signed out, here and at Okta.' })).toBeVisible();
  if (javaScriptEnabled) await expectGoodLooks(page, 'signed_out');
  // There, too: it asks who one is.
  await grace.main.getByRole('link', { name: 'Sign in with Okta' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in at the identity provider' })).toBeVisible();
});
