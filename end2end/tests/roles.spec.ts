// Who may do what: a role with privileges at one node, and what its holder sees then; a role for a whole team.
import { Console, skipSteps } from '../support/console.ts';
import { linkOf } from '../support/mailbox.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

const GRACE = { givenName: 'Grace', familyName: 'Hopper', email: 'grace@elsewhere.example' };
const PASSPHRASE = 'nanoseconds of wire';

test('an administrator of one node sees and does what the role gives there', { tag: '@core' }, async ({ page, serve, mailbox, someoneElse }) => {
  const muster = await serve({ mailbox });
  const ada = new Console(page, muster.url);

  await test.step('Acme has two nodes, and Okta brings Grace to one of them', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await ada.addNode('Asia', 'Acme');
    await ada.addNode('Berlin', 'Acme');
    await ada.addScim('Okta');
    const { url, token } = await ada.generateToken();
    await ada.saveConnection();
    const okta = new Okta(url, token);
    const grace = await okta.assign(GRACE);
    await okta.pushGroup('Observatory', [{ id: grace, email: GRACE.email }]);
  });

  const theirs = await someoneElse();
  await test.step('Grace comes in and is nobody special', async () => {
    await theirs.goto(linkOf(await mailbox.mail(GRACE.email)));
    await theirs.getByLabel('Choose a passphrase').fill(PASSPHRASE);
    await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
    await skipSteps(theirs);
    await expect(theirs.getByRole('heading', { name: 'Welcome, Grace' })).toBeVisible();
    await theirs.goto(`${muster.url}/users`);
    await expect(theirs).toHaveURL(/\/welcome$/);
  });

  await test.step('Ada adds a role with privileges at Berlin, and gives it to her', async () => {
    await ada.visit('/roles');
    await ada.main.getByRole('link', { name: 'Add role' }).click();
    await ada.main.getByLabel('Name').fill('Helpdesk');
    await ada.main.getByLabel('Node', { exact: true }).selectOption({ label: '\u2003Berlin' });
    await ada.button('Add role').click();
    await expect(ada.heading('Helpdesk')).toBeVisible();
    await ada.main.getByRole('link', { name: /^Privileges/ }).click();
    await ada.main.getByRole('checkbox', { name: /^Users/ }).check();
    await ada.main.getByRole('checkbox', { name: /^Roles/ }).check();
    await ada.button('Save privileges').click();
    await expect(ada.main.getByRole('cell', { name: 'Users, Roles' })).toBeVisible();
    await ada.main.getByRole('link', { name: /^Users/ }).click();
    await ada.main.getByLabel('E-mail address or id').fill(GRACE.email);
    await ada.button('Give role').click();
    await expect(ada.main.getByRole('link', { name: 'Grace Hopper' })).toBeVisible();
    await ada.main.getByRole('link', { name: /^Teams/ }).click();
    await expect(ada.main).toContainText('Teams cannot be assigned to roles with administrative permissions.');
  });

  await test.step('Grace signs in anew and finds Berlin alone', async () => {
    await theirs.goto(`${muster.url}/sign-in`);
    await theirs.getByLabel('E-mail address').fill(GRACE.email);
    await theirs.getByLabel('Passphrase').fill(PASSPHRASE);
    await theirs.getByRole('button', { name: 'Sign in', exact: true }).click();
    await theirs.goto(`${muster.url}/nodes`);
    await expect(theirs.getByRole('main')).toContainText('Berlin');
    await expect(theirs.getByRole('main')).not.toContainText('Asia');
    const navigation = theirs.getByRole('navigation', { name: 'Main' });
    await expect(navigation.getByRole('link', { name: 'Users' })).toBeVisible();
    await expect(navigation.getByRole('link', { name: 'Events' })).toHaveCount(0);
    expect((await theirs.request.get(`${muster.url}/nodes/2`)).status(), 'Asia').toBe(404);
    expect((await theirs.request.get(`${muster.url}/nodes/999`)).status(), 'nothing').toBe(404);
  });

  await test.step('Ada sees what a role for a team changes before it does', async () => {
    await ada.visit('/approvals');
    await ada.button('Run Full Sync').first().click();
    await ada.visit('/roles/new');
    await ada.main.getByLabel('Name').fill('Astronomer');
    await ada.main.getByLabel('Node', { exact: true }).selectOption({ label: '\u2003Berlin' });
    await ada.button('Add role').click();
    await ada.main.getByRole('link', { name: /^Policies/ }).click();
    await ada.main.getByLabel('Days before an invitation is sent again').fill('7');
    await ada.button('Save policies').click();
    await ada.main.getByRole('link', { name: /^Teams/ }).click();
    await ada.button('Show what changes').click();
    await expect(ada.main).toContainText('1 member comes to hold Astronomer: Grace Hopper.');
    await ada.button('Give role to team').click();
    await expect(ada.main.getByRole('link', { name: 'Observatory', exact: true })).toBeVisible();
    await ada.visit('/users?q=grace');
    await ada.main.getByRole('link', { name: 'Grace Hopper' }).first().click();
    await expect(ada.region('Roles')).toContainText('By Observatory');
    await expect(ada.region('Effective policies')).toContainText('After 7 days');
    await expect(ada.region('Effective policies')).toContainText('Astronomer');
  });

});
