// Every page, by day, by night and on a telephone: axe finds nothing, nothing scrolls sideways, and a picture is kept.
import { ADA, Console } from '../support/console.ts';
import { signInAs } from '../support/demo.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

/** How one gets to a page of the demo as Ada, who stands on the overview. */
type Way = (ada: Console) => Promise<void>;

const to =
  (path: string): Way =>
  (ada) =>
    ada.visit(path);

const into =
  (path: string, name: string): Way =>
  async (ada) => {
    await ada.visit(path);
    await ada.main.getByRole('link', { name, exact: true }).first().click();
    await expect(ada.heading(name)).toBeVisible();
  };

const DEMO_PAGES: Record<string, Way> = {
  overview: to('/'),
  approvals: to('/approvals'),
  nodes: to('/nodes'),
  node: into('/nodes', 'Berlin'),
  add_method: async (ada) => {
    await into('/nodes', 'Amsterdam')(ada);
    await ada.main.getByRole('link', { name: 'Add method' }).click();
    await expect(ada.heading('Add method')).toBeVisible();
  },
  users: to('/users'),
  users_found: to('/users?q=a&state=invited&sort=-name'),
  users_nobody_found: to('/users?q=nobody+of+this+name'),
  user_invited: into('/users?q=ben', 'Ben Banneker'),
  user_active: into('/users?q=grace', 'Grace Hopper'),
  user_locked: into('/users?q=annie', 'Annie Easley'),
  user_add: to('/users/new'),
  teams: to('/teams'),
  team_pending: into('/teams', 'Research'),
  team_approved: into('/teams', 'Engineering'),
  team_denied: into('/teams', 'Contractors'),
  roles: to('/roles'),
  role: into('/roles', 'Administrator'),
  role_add: to('/roles/new'),
  role_privileges: to('/roles/administrator?show=privileges'),
  role_policies: to('/roles/administrator?show=policies'),
  connections: to('/connections'),
  connection_add: to('/connections/new'),
  connection: into('/connections', 'Okta'),
  connection_token: async (ada) => {
    await into('/connections', 'Okta')(ada);
    await ada.generateToken();
  },
  connection_remove: async (ada) => {
    await into('/connections', 'Okta')(ada);
    await ada.main.getByRole('button', { name: 'More actions for Okta' }).click();
    await ada.main.getByRole('link', { name: 'Remove connection' }).click();
    await expect(ada.heading('Remove Okta?')).toBeVisible();
  },
  events: to('/events'),
  search: to('/search?q=grace'),
  settings: to('/settings'),
  help: to('/help'),
  account: to('/welcome'),
  account_sessions: to('/account'),
  demo_push: to('/demo/push'),
  demo_outbox: to('/demo/outbox'),
};

for (const [name, way] of Object.entries(DEMO_PAGES)) {
  test(`the page ${name} looks good`, { tag: '@pictures' }, async ({ page, demo }) => {
    const muster = await demo();
    const ada = new Console(page, muster.url);
    await signInAs(page, muster.url, 'Ada, administrator');
    await expect(ada.heading('Acme')).toBeVisible();
    await way(ada);
    await expectGoodLooks(page, name);
  });
}

test('a page that is not there looks good', { tag: '@pictures' }, async ({ page, demo, watch }) => {
  watch.expect(/404 \(Not Found\)/);
  const muster = await demo();
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(page.getByRole('heading', { level: 1, name: 'Acme' })).toBeVisible();
  const answer = await page.goto(`${muster.url}/users/nobody`);
  expect(answer?.status()).toBe(404);
  await expectGoodLooks(page, 'not_found');
});

test('the doors look good', { tag: '@pictures' }, async ({ page, demo }) => {
  const muster = await demo();
  await page.goto(`${muster.url}/sign-in`);
  await expectGoodLooks(page, 'demo_sign_in');
  await page.goto(`${muster.url}/invitation/again`);
  await expectGoodLooks(page, 'invitation_again');
  await page.goto(`${muster.url}/demo/outbox`);
  await page.getByRole('main').getByRole('link', { name: /invitation/ }).first().click();
  await expect(page.getByRole('main')).toContainText('•••@acme.example');
  await expectGoodLooks(page, 'invitation');
  await page.goto(`${muster.url}/sign-in`);
  await page.getByRole('main').getByRole('link', { name: /demo/i }).click();
  await expect(page.getByRole('heading', { name: 'Who are you today?' })).toBeVisible();
  await expectGoodLooks(page, 'demo_choose');
  await page.getByRole('button', { name: 'Ben, member' }).click();
  for (const step of ['profile', 'tour']) {
    await expect(page).toHaveURL(`${muster.url}/onboarding/${step}`);
    await expectGoodLooks(page, `onboarding_${step}`);
    await page.getByRole('button', { name: 'Skip' }).click();
  }
  await expect(page.getByRole('heading', { level: 1, name: /Ben/ })).toBeVisible();
  await expectGoodLooks(page, 'welcome');
});

test('an invitation that is good no longer looks good', { tag: '@pictures' }, async ({ page, demo, watch }) => {
  watch.expect(/410 \(Gone\)/);
  const muster = await demo();
  const answer = await page.goto(`${muster.url}/invitation?token=mangled`);
  expect(answer?.status()).toBe(410);
  await expectGoodLooks(page, 'invitation_gone');
});

test('a fresh installation looks good', { tag: '@pictures' }, async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await page.goto(link);
  await expectGoodLooks(page, 'set_up');
  await ada.setUp(link, 'Acme');
  await expectGoodLooks(page, 'overview_empty');
  for (const section of ['Approvals', 'Nodes', 'Users', 'Teams', 'Connections', 'Events']) {
    await ada.go(section);
    await expectGoodLooks(page, `${section.toLowerCase()}_empty`);
  }
  await ada.addNode('Berlin', 'Acme');
  await expectGoodLooks(page, 'node_empty');
  await ada.addScim('Okta');
  await expectGoodLooks(page, 'connection_draft');
  await ada.generateToken();
  await expectGoodLooks(page, 'connection_new_token');
  await ada.saveConnection();
  await expectGoodLooks(page, 'connection_waiting');
});

test('what was typed wrongly is said beside the field, and looks good', { tag: '@pictures' }, async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.visit('/users/new');
  await ada.main.getByLabel('Name', { exact: true }).fill('Grace Hopper');
  await ada.main.getByLabel('E-mail address').fill(ADA.email);
  await ada.button('Add user').click();
  await expect(ada.main.getByRole('alert')).toBeVisible();
  await expect(ada.main.getByLabel('Name', { exact: true })).toHaveValue('Grace Hopper');
  await expectGoodLooks(page, 'user_add_refused');
});

test('what stands before everything else looks good', { tag: '@pictures' }, async ({ page, demo, someoneElse }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(ada.heading('Acme')).toBeVisible();
  await ada.visit('/roles/new');
  await ada.main.getByLabel('Name').fill('Careful');
  await ada.button('Add role').click();
  await ada.main.getByRole('link', { name: /^Policies/ }).click();
  await ada.main.getByRole('switch', { name: 'Transfer consent' }).check();
  await ada.button('Save policies').click();
  await expect(ada.main.getByRole('switch', { name: 'Transfer consent' })).toBeChecked();
  await expectGoodLooks(page, 'role_policies');
  const theirs = await someoneElse();
  await signInAs(theirs, muster.url, 'Ben, member');
  await expect(theirs.getByRole('heading', { level: 1, name: 'Is this you?' })).toBeVisible();
  await theirs.goto(`${muster.url}/account`);
  const login = await theirs.getByRole('main').getByText(/@acme\.example/).first().innerText();
  await expectGoodLooks(theirs, 'account_of_a_member');
  await ada.main.getByRole('link', { name: /^Users/ }).click();
  await ada.main.getByLabel('E-mail address or id').fill(login);
  await ada.button('Give role').click();
  await ada.main.getByRole('link', { name: /Ben/ }).first().click();
  await expect(ada.button('Extend by 7 days')).toBeVisible();
  await expectGoodLooks(page, 'user_consent_missing');
  await ada.visit('/users?state=pending');
  await expectGoodLooks(page, 'users_consent_missing');
  await theirs.goto(muster.url);
  await expect(theirs.getByRole('heading', { level: 1, name: 'Before you go on' })).toBeVisible();
  await expectGoodLooks(theirs, 'consent');
  await theirs.getByLabel('Type Accept to agree').fill('yes');
  await theirs.getByRole('button', { name: 'Agree and go on' }).click();
  await expect(theirs.getByRole('alert')).toBeVisible();
  await expectGoodLooks(theirs, 'consent_refused');
  await theirs.goto(`${muster.url}/blocked`);
  await expectGoodLooks(theirs, 'blocked');
});
