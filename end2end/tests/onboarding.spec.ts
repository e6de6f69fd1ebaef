// What a first sign-in begins: the steps, and a role that leaves them out.
import { Console } from '../support/console.ts';
import { linkOf } from '../support/mailbox.ts';
import { expect, test } from '../support/story.ts';

const PASSPHRASE = 'nanoseconds of wire';

test('a first sign-in leads through the steps, unless a role says otherwise', { tag: '@core' }, async ({ page, serve, mailbox, someoneElse }) => {
  const muster = await serve({ mailbox });
  const ada = new Console(page, muster.url);

  const comesIn = async (name: string, email: string) => {
    await ada.visit('/users/new');
    await ada.main.getByLabel('Name', { exact: true }).fill(name);
    await ada.main.getByLabel('E-mail address').fill(email);
    await ada.button('Add user').click();
    await expect(ada.heading(name)).toBeVisible();
    await ada.button('Send invitation').click();
    const theirs = await someoneElse();
    await theirs.goto(linkOf(await mailbox.mail(email)));
    await theirs.getByLabel('Choose a passphrase').fill(PASSPHRASE);
    await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
    return theirs;
  };

  await test.step('Ada has a role for new people that says: no tour', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await ada.visit('/roles/new');
    await ada.main.getByLabel('Name').fill('Newcomer');
    await ada.main.getByRole('checkbox', { name: /^New users/ }).check();
    await ada.button('Add role').click();
    await ada.main.getByRole('link', { name: /^Policies/ }).click();
    await ada.main.getByRole('switch', { name: 'Tour off' }).check();
    await ada.button('Save policies').click();
    await expect(ada.main.getByRole('switch', { name: 'Tour off' })).toBeChecked();
  });

  await test.step('Grace confirms who she is, once, and sees no tour', async () => {
    const grace = await comesIn('Grace Hopper', 'grace@acme.example');
    await expect(grace.getByRole('heading', { level: 1, name: 'Is this you?' })).toBeVisible();
    await expect(grace.getByRole('main')).toContainText('Step 1 of 1');
    await expect(grace.getByRole('main')).toContainText('grace@acme.example');
    await grace.getByRole('button', { name: 'Yes, this is me' }).click();
    await expect(grace.getByRole('heading', { level: 1, name: 'Welcome, Grace' })).toBeVisible();
    await grace.goto(muster.url);
    await expect(grace.getByRole('heading', { level: 1, name: 'Welcome, Grace' })).toBeVisible();
  });

  await test.step('with onboarding off, Mary is simply there', async () => {
    await ada.visit('/roles?q=newcomer');
    await ada.main.getByRole('link', { name: 'Newcomer' }).first().click();
    await ada.main.getByRole('link', { name: /^Policies/ }).click();
    await ada.main.getByRole('switch', { name: 'Onboarding off' }).check();
    await ada.button('Save policies').click();
    await expect(ada.main.getByRole('switch', { name: 'Onboarding off' })).toBeChecked();
    const mary = await comesIn('Mary Somerville', 'mary@acme.example');
    await expect(mary.getByRole('heading', { level: 1, name: 'Welcome, Mary' })).toBeVisible();
  });

  await test.step('with both on again, Edith sees every step and skips the tour', async () => {
    await ada.visit('/roles?q=newcomer');
    await ada.main.getByRole('link', { name: 'Newcomer' }).first().click();
    await ada.main.getByRole('link', { name: /^Policies/ }).click();
    await ada.main.getByRole('switch', { name: 'Onboarding off' }).uncheck();
    await ada.main.getByRole('switch', { name: 'Tour off' }).uncheck();
    await ada.button('Save policies').click();
    await expect(ada.main.getByRole('switch', { name: 'Tour off' })).not.toBeChecked();
    const edith = await comesIn('Edith Clarke', 'edith@acme.example');
    await edith.getByRole('button', { name: 'Yes, this is me' }).click();
    await expect(edith.getByRole('heading', { level: 1, name: 'What is where' })).toBeVisible();
    await edith.getByRole('button', { name: 'Skip' }).click();
    await expect(edith.getByRole('heading', { level: 1, name: 'Welcome, Edith' })).toBeVisible();
  });
});
