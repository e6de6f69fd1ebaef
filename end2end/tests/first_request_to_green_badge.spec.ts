// From Okta's first request to a green badge: the main job of Muster, as an administrator tells it.
import { ADA, Console, skipSteps } from '../support/console.ts';
import { IdentityProvider } from '../support/identity_provider.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

const GRACE = { givenName: 'Grace', familyName: 'Hopper', email: 'grace@acme.example' };
const BEN = { givenName: 'Ben', familyName: 'Banneker', email: 'ben@acme.example' };
const MARY = { givenName: 'Mary', familyName: 'Somerville', email: 'mary@acme.example' };
const GRACE_AT_OKTA = { subject: '00u1grace', name: 'Grace Hopper', email: GRACE.email, passphrase: 'nanoseconds of wire' };

test('from the first request of Okta to a green badge', { tag: '@core' }, async ({ page, serve, someoneElse }) => {
  const muster = await serve({ signIn: await IdentityProvider.start([GRACE_AT_OKTA]), domains: ['acme.example'] });
  const ada = new Console(page, muster.url);

  await test.step('the link that is printed at the first start makes the first administrator', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await expect(page.getByRole('link', { name: ADA.name })).toBeVisible();
  });

  const { url, token } = await test.step('a node gets a connection, with a URL and a token to copy', async () => {
    await ada.addNode('Berlin', 'Acme');
    await ada.addScim('Okta');
    await expect(ada.state).toHaveText('Draft');
    return await ada.generateToken();
  });
  const okta = new Okta(url, token);

  await test.step('a test before Save fails, and says why on both sides', async () => {
    const before = await okta.testConnection();
    expect(before.ok).toBe(false);
    expect(before.detail).toMatch(/^401 .*Save/);
    await expect(ada.main.getByText('Not saved yet: a test from your identity provider will fail.').first()).toBeVisible();
  });

  await test.step('the token was shown once', async () => {
    await ada.visit('/nodes/2/connection');
    await expect(ada.main.getByText('A token was generated and is not shown again.')).toBeVisible();
    expect(await page.content()).not.toContain(token);
  });

  await test.step('after Save the first request turns the page from waiting to connected, by itself', async () => {
    await ada.saveConnection();
    await expect(ada.state).toHaveText('Waiting for first request');
    expect(await okta.testConnection()).toEqual({ ok: true, detail: '' });
    await expect(ada.state).toHaveText('Connected');
  });

  await test.step('Okta creates people and pushes groups', async () => {
    const [grace, ben, mary] = [await okta.assign(GRACE), await okta.assign(BEN), await okta.assign(MARY)];
    await okta.pushGroup('Compilers', [{ id: grace, email: GRACE.email }, { id: ben, email: BEN.email }]);
    await okta.pushGroup('Observatory', [{ id: mary, email: MARY.email }]);
  });

  await test.step('the people are invited', async () => {
    await ada.go('Users');
    for (const name of ['Grace Hopper', 'Ben Banneker', 'Mary Somerville']) {
      await expect(ada.row(name)).toContainText('Invited');
      await expect(ada.row(name)).toContainText('Okta');
    }
  });

  await test.step('the groups are pending teams with pending members, each with the reason', async () => {
    await ada.go('Teams');
    await expect(ada.row('Observatory')).toContainText('Pending');
    await ada.row('Compilers').getByRole('link', { name: 'Compilers' }).click();
    await expect(ada.heading('Compilers')).toBeVisible();
    for (const name of ['Grace Hopper', 'Ben Banneker']) {
      await expect(ada.row(name)).toContainText('Pending');
      await expect(ada.row(name)).toContainText(/the team waits for approval/i);
    }
  });

  const grace = await someoneElse();
  await test.step('one invited person signs in meanwhile', async () => {
    await new Console(grace, muster.url).signInAt('Okta', GRACE_AT_OKTA);
    await skipSteps(grace);
    await expect(grace.getByRole('heading', { level: 1, name: 'Welcome, Grace' })).toBeVisible();
    // Nobody approves their own membership.
    await expect(grace.getByRole('main')).toContainText(/the team waits for approval/i);
  });

  await test.step('Full Sync says what was approved and what still waits, and why', async () => {
    await ada.go('Approvals');
    await ada.button('Run Full Sync').click();
    await expect(ada.toasts).toHaveText([
      'Team approvals: 2 approved, 0 failed',
      'Team member approvals: 1 approved, 2 waiting (users not active yet)',
    ]);
    for (const name of ['Ben Banneker', 'Mary Somerville']) {
      await expect(ada.row(name)).toContainText(`Waits for ${name} to accept the invitation`);
    }
  });

  await test.step('who signed in is active, and in their team', async () => {
    await ada.go('Users');
    await expect(ada.row('Ben Banneker')).toContainText('Invited');
    await expect(ada.row('Grace Hopper')).toContainText('Active');
    await ada.row('Grace Hopper').getByRole('link', { name: 'Grace Hopper' }).click();
    await expect(ada.state).toHaveText('Active');
    // Green, in the words of the stylesheet.
    await expect(ada.state).toHaveAttribute('data-tone', 'good');
    await expect(ada.placeIn('Compilers')).toContainText('Approved');
    await grace.reload();
    await expect(grace.getByRole('main')).toContainText('Compilers');
    await expect(grace.getByRole('main')).not.toContainText(/waits/i);
  });
});
