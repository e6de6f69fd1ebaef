// The core of the story with the keyboard alone.
import { ADA, Console } from '../support/console.ts';
import { signInAs } from '../support/demo.ts';
import { expectEveryControlReached, tabTo } from '../support/keyboard.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

test('the first administrator is made, and a node gets its connection, without a mouse', async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const type = async (label: string, text: string) => {
    await tabTo(page, ada.main.getByLabel(label, { exact: true }));
    await page.keyboard.type(text);
  };

  await test.step('set-up', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await page.goto(link);
    await type('Organisation', 'Acme');
    await type('Your name', ADA.name);
    await type('Your e-mail address', ADA.email);
    await type('Passphrase', ADA.passphrase);
    await page.keyboard.press('Enter');
    await expect(ada.heading('Acme')).toBeVisible();
  });

  await test.step('the skip link leads past the navigation', async () => {
    await tabTo(page, page.getByRole('link', { name: 'Skip to content' }));
    await page.keyboard.press('Enter');
    await expect(ada.main).toBeFocused();
  });

  await test.step('a node', async () => {
    await tabTo(page, ada.navigation.getByRole('link', { name: 'Nodes' }));
    await page.keyboard.press('Enter');
    await expect(ada.heading('Nodes')).toBeVisible();
    await type('Name', 'Berlin');
    await page.keyboard.press('Enter');
    await expect(ada.heading('Berlin')).toBeVisible();
  });

  await test.step('its connection', async () => {
    await tabTo(page, ada.main.getByRole('link', { name: 'Add method' }));
    await page.keyboard.press('Enter');
    await tabTo(page, ada.button('Add SCIM'));
    await page.keyboard.press('Enter');
    await tabTo(page, ada.button('Generate token'));
    await page.keyboard.press('Enter');
    await tabTo(page, ada.button('Save connection'));
    await page.keyboard.press('Enter');
    await expect(ada.state).toHaveText('Waiting for first request');
  });

  await test.step('a dialog takes the focus, and gives it back', async () => {
    const opener = ada.button('Revoke');
    await tabTo(page, opener);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Revoke token/ });
    await expect(dialog).toBeVisible();
    await tabTo(page, dialog.getByRole('button', { name: 'Revoke token' }));
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(opener).toBeFocused();
  });

  await test.step('a menu opens and closes', async () => {
    const opener = ada.main.getByRole('button', { name: 'More actions for Okta' });
    await tabTo(page, opener);
    await page.keyboard.press('Enter');
    await tabTo(page, ada.main.getByRole('link', { name: 'Remove connection' }));
    await page.keyboard.press('Escape');
    await expect(ada.main.getByRole('link', { name: 'Remove connection' })).toBeHidden();
  });
});

test('every page is a few keys away, and single letters can be switched off', async ({ page, demo }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(ada.heading('Acme')).toBeVisible();
  const palette = page.getByRole('dialog', { name: 'Commands' });
  const keys = page.locator('.search kbd');

  await test.step('g and a letter', async () => {
    // The island listens once it is awake.
    await expect(async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('u');
      await expect(ada.heading('Users')).toBeVisible({ timeout: 500 });
    }).toPass();
  });

  await test.step('a command is typed, and the first is taken', async () => {
    await expect(async () => {
      await page.keyboard.press('Control+k');
      await expect(palette).toBeVisible({ timeout: 500 });
    }).toPass();
    await page.keyboard.type('full s');
    await expect(palette.getByRole('status')).toHaveText('1 command');
    await expectGoodLooks(page, 'palette');
    await page.keyboard.press('Enter');
    await expect(ada.heading('Approvals')).toBeVisible();
  });

  await test.step('the arrows walk, and Escape closes', async () => {
    await page.getByRole('button', { name: 'Commands' }).click();
    await expect(palette).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(palette.getByRole('link', { name: 'Go to approvals' })).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expect(palette.getByRole('searchbox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden();
  });

  await test.step('what is no command is searched', async () => {
    await page.getByRole('button', { name: 'Commands' }).click();
    await page.keyboard.type('grace');
    await expect(palette.getByRole('status')).toHaveText('No command: Enter searches');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/search\?q=grace/);
  });

  await test.step('switched off, a letter is a letter', async () => {
    await ada.visit('/settings');
    await ada.main.getByLabel('Keyboard').selectOption('Shortcuts off');
    await ada.button('Save appearance').click();
    await expect(ada.main.getByLabel('Keyboard')).toHaveValue('off');
    await expect(keys).toBeHidden();
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: /^Search people/ })).not.toBeFocused();
    await expect(ada.heading('Settings')).toBeVisible();
  });
});

for (const path of ['/', '/approvals', '/nodes', '/users', '/teams', '/connections', '/events', '/demo/push']) {
  test(`every control of ${path} is reached by Tab, and shows the focus`, async ({ page, demo }) => {
    const muster = await demo();
    const ada = new Console(page, muster.url);
    await signInAs(page, muster.url, 'Ada, administrator');
    await expect(ada.heading('Acme')).toBeVisible();
    await ada.visit(path);
    await expectEveryControlReached(page);
  });
}
