// A list narrowed once is found again under a name.
import { Console } from '../support/console.ts';
import { signInAs } from '../support/demo.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

test('a view of a list is saved, opened again and removed', { tag: '@core' }, async ({ page, demo, javaScriptEnabled }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  const menu = page.locator('#views');
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(ada.heading('Acme')).toBeVisible();

  await test.step('nothing to save where nothing is narrowed', async () => {
    await ada.visit('/users');
    await ada.main.getByRole('button', { name: 'Views' }).click();
    await expect(menu).toContainText('Search, filter or sort the list');
  });

  await test.step('what is narrowed gets a name', async () => {
    await ada.visit('/users?state=invited&sort=-name');
    await ada.main.getByRole('button', { name: 'Views' }).click();
    await menu.getByLabel('Name of this view').fill('Still invited');
    if (javaScriptEnabled) await expectGoodLooks(page, 'users_views');
    await menu.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The view Still invited was saved.')).toBeVisible();
    await expect(page).toHaveURL(/state=invited/);
    await expect(ada.main.getByRole('button', { name: 'Still invited' })).toBeVisible();
  });

  await test.step('it leads there again', async () => {
    await ada.visit('/users');
    await ada.main.getByRole('button', { name: 'Views' }).click();
    await menu.getByRole('link', { name: 'Still invited' }).click();
    await expect(page).toHaveURL(/state=invited/);
  });

  await test.step('and goes', async () => {
    await ada.main.getByRole('button', { name: 'Still invited' }).click();
    await menu.getByRole('button', { name: 'Remove the view Still invited' }).click();
    await expect(page.getByText('The view was removed.')).toBeVisible();
    await ada.main.getByRole('button', { name: 'Views' }).click();
    await expect(menu.getByRole('link')).toHaveCount(0);
  });
});
