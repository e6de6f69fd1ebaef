// The same story without anything but the binary: `muster demo`, its people, its panel, its outbox.
import { Console, skipSteps } from '../support/console.ts';
import { Panel, signInAs, signInAsSomebodyElse } from '../support/demo.ts';
import { expect, test } from '../support/story.ts';

test('the whole story with nothing but the demo', async ({ page, demo, someoneElse }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  const panel = new Panel(page);

  await test.step('one chooses to be Ada, and sees an organisation with things to decide', async () => {
    await signInAs(page, muster.url, 'Ada, administrator');
    await expect(ada.heading('Acme')).toBeVisible();
    await expect(panel.banner).toContainText('Demo');
    await expect(ada.main.getByRole('heading', { name: /approvals can be given now/ })).toBeVisible();
  });

  const credentials = await test.step('a new node gets a connection', async () => {
    await ada.addNode('Oslo', 'Acme');
    await ada.addScim('Okta');
    return await ada.generateToken();
  });

  await test.step('a test before Save is refused, and the panel shows why', async () => {
    await panel.open();
    await panel.connect(credentials);
    await panel.press('Test connection');
    await expect(panel.said).toContainText('refused');
    await expect(panel.said).toContainText('401');
    await expect(panel.said).toContainText('Save');
  });

  await test.step('after Save the panel is answered, and the connection says so by itself', async () => {
    const path = new URL(credentials.url).pathname.split('/').at(-1);
    await ada.visit(`/nodes/${path}/connection`);
    await ada.saveConnection();
    await expect(ada.state).toHaveText('Waiting for first request');
    const other = await page.context().newPage();
    await other.goto(`${muster.url}/demo/push`);
    await new Panel(other).press('Test connection');
    await expect(new Panel(other).said).toContainText('each answered well');
    await other.close();
    await expect(ada.state).toHaveText('Connected');
  });

  await test.step('people are created and groups are pushed, over real SCIM', async () => {
    await panel.open();
    await panel.press('Create people');
    await expect(panel.said).toContainText('POST');
    await expect(panel.said).toContainText('each answered well');
    await panel.press('Push groups');
    await expect(panel.said).toContainText('each answered well');
  });

  await test.step('the people are invited, and their invitations lie in the outbox', async () => {
    await ada.visit('/users?q=clarke');
    await expect(ada.row('Edith Clarke')).toContainText('Invited');
    await page.goto(`${muster.url}/demo/outbox`);
    await expect(page.getByRole('article').filter({ hasText: 'edith.clarke@acme.example' })).toBeVisible();
  });

  await test.step('Ben is a member: he sees his teams and none of the console', async () => {
    const ben = new Console(await someoneElse(), muster.url);
    await signInAs(ben.page, muster.url, 'Ben, member');
    await skipSteps(ben.page);
    await expect(ben.heading('Welcome, Ben')).toBeVisible();
    await expect(ben.navigation.getByRole('link', { name: 'Users' })).toHaveCount(0);
  });

  const edith = await someoneElse();
  await test.step('somebody who was just created signs in', async () => {
    await signInAsSomebodyElse(edith, muster.url, 'Edith Clarke');
    await skipSteps(edith);
    await expect(edith.getByRole('heading', { level: 1, name: 'Welcome, Edith' })).toBeVisible();
  });

  await test.step('Full Sync approves what can be approved, and says what waits', async () => {
    await ada.visit('/approvals');
    await ada.button('Run Full Sync').click();
    await expect(ada.toasts.first()).toHaveText(/^Team approvals: \d+ approved, 0 failed$/);
    await expect(ada.toasts.last()).toHaveText(/^Team member approvals: \d+ approved, \d+ waiting/);
  });

  await test.step('the badge is green', async () => {
    await ada.visit('/users?q=clarke');
    await ada.row('Edith Clarke').getByRole('link', { name: 'Edith Clarke' }).click();
    await expect(ada.state).toHaveText('Active');
    await expect(ada.state).toHaveAttribute('data-tone', 'good');
    await edith.reload();
    await expect(edith.getByRole('main')).not.toContainText(/waits/i);
  });
});

test('deactivating and renaming arrive too', async ({ page, demo }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  const panel = new Panel(page);
  await signInAs(page, muster.url, 'Ada, administrator');
  await panel.open();

  await test.step('who is deactivated there is locked here', async () => {
    await page.getByLabel('Person', { exact: true }).selectOption({ label: 'Grace Hopper (grace@acme.example)' });
    await panel.press('Deactivate person');
    await ada.visit('/users?q=grace');
    await expect(ada.row('Grace Hopper')).toContainText('Locked');
    await expect(ada.row('Grace Hopper')).toContainText('by Okta');
  });

  await test.step('a group that is renamed there is a team of that name here', async () => {
    await panel.open();
    await page.getByLabel('Group', { exact: true }).selectOption({ label: 'Research' });
    await page.getByLabel('New name').fill('Long Range Research');
    await panel.press('Rename group');
    await ada.visit('/teams?q=research');
    await expect(ada.row('Long Range Research')).toBeVisible();
  });
});
