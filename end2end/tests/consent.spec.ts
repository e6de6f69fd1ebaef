// A role that asks for a consent: nobody who holds it goes on without, and an administrator can give more time.
import { Console } from '../support/console.ts';
import { linkOf } from '../support/mailbox.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

const GRACE = { givenName: 'Grace', familyName: 'Hopper', email: 'grace@elsewhere.example' };
const PASSPHRASE = 'nanoseconds of wire';

test('whoever holds a role that asks for a consent gives it before anything else', { tag: '@core' }, async ({ page, serve, mailbox, someoneElse }) => {
  const muster = await serve({ mailbox });
  const ada = new Console(page, muster.url);
  const theirs = await someoneElse();

  await test.step('Grace is in a team, and has come in', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await ada.addNode('Berlin', 'Acme');
    await ada.addScim('Okta');
    const { url, token } = await ada.generateToken();
    await ada.saveConnection();
    const okta = new Okta(url, token);
    const grace = await okta.assign(GRACE);
    await okta.pushGroup('Observatory', [{ id: grace, email: GRACE.email }]);
    await theirs.goto(linkOf(await mailbox.mail(GRACE.email)));
    await theirs.getByLabel('Choose a passphrase').fill(PASSPHRASE);
    await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
    await expect(theirs.getByRole('heading', { name: 'Is this you?' })).toBeVisible();
  });

  await test.step('Ada adds a role that asks for it, and gives it to her', async () => {
    await ada.visit('/roles/new');
    await ada.main.getByLabel('Name').fill('Careful');
    await ada.main.getByLabel('Node', { exact: true }).selectOption({ label: '\u2003Berlin' });
    await ada.button('Add role').click();
    await ada.main.getByRole('link', { name: /^Policies/ }).click();
    await ada.main.getByRole('switch', { name: 'Transfer consent' }).check();
    await ada.button('Save policies').click();
    await expect(ada.main.getByRole('switch', { name: 'Transfer consent' })).toBeChecked();
    await ada.main.getByRole('link', { name: /^Users/ }).click();
    await ada.main.getByLabel('E-mail address or id').fill(GRACE.email);
    await ada.button('Give role').click();
    await ada.main.getByRole('link', { name: 'Grace Hopper' }).click();
    await expect(ada.state).toHaveText('Pending');
    await expect(ada.main).toContainText('Grace must accept the transfer first');
    await expect(ada.region('Effective policies')).toContainText('Transfer consent');
  });

  await test.step('her place in the team waits for it, and Full Sync says so', async () => {
    await ada.visit('/approvals');
    await ada.button('Run Full Sync').first().click();
    await expect(ada.toasts.filter({ hasText: 'consent missing' })).toBeVisible();
  });

  await test.step('Ada gives her more time', async () => {
    await ada.visit('/users?state=pending');
    await expect(ada.row('Grace Hopper')).toContainText('transfer acceptance');
    await ada.main.getByRole('link', { name: 'Grace Hopper' }).click();
    await expect(ada.placeIn('Observatory')).toContainText('Waits for Grace Hopper to give consent');
    await ada.button('Extend by 7 days').click();
    await expect(ada.toasts.filter({ hasText: 'There is time to accept until' })).toBeVisible();
  });

  await test.step('wherever Grace goes, she is asked first, and has to type it exactly', async () => {
    await theirs.goto(`${muster.url}/account`);
    await expect(theirs.getByRole('heading', { name: 'Before you go on' })).toBeVisible();
    await theirs.getByLabel('Type Accept to agree').fill('accept');
    await theirs.getByRole('button', { name: 'Agree and go on' }).click();
    await expect(theirs.getByRole('alert')).toContainText('exactly so');
    await expect(theirs.getByLabel('Type Accept to agree')).toHaveValue('accept');
  });

  await test.step('she may sign out instead, and is asked again at the next sign-in', async () => {
    await theirs.getByRole('button', { name: 'Sign out' }).click();
    await theirs.goto(`${muster.url}/sign-in`);
    await theirs.getByLabel('E-mail address').fill(GRACE.email);
    await theirs.getByLabel('Passphrase').fill(PASSPHRASE);
    await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
    await theirs.getByLabel('Type Accept to agree').fill('Accept');
    await theirs.getByRole('button', { name: 'Agree and go on' }).click();
    await expect(theirs.getByRole('heading', { name: 'Is this you?' })).toBeVisible();
    await theirs.goto(`${muster.url}/account`);
    await expect(theirs.getByRole('region', { name: 'Your teams' })).toContainText('Observatory');
  });

  await test.step('now she is Active, can be approved, and her page tells when she agreed', async () => {
    await ada.visit('/approvals');
    await ada.button('Run Full Sync').first().click();
    await ada.visit('/users?q=grace');
    await expect(ada.row('Grace Hopper')).toContainText('Active');
    await ada.main.getByRole('link', { name: 'Grace Hopper' }).first().click();
    await expect(ada.region('History')).toContainText('consented to transfer');
    await expect(ada.placeIn('Observatory')).toContainText('Approved');
  });
});
