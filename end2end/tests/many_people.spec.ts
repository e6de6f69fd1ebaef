// Many people at once: from a file, ticked in the list, all that match; deleted, and back again.
import { Console } from '../support/console.ts';
import { signInAs } from '../support/demo.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

test('people come from a file, are invited together, and leave and come back', { tag: '@core' }, async ({ page, demo, javaScriptEnabled }) => {
  const looks = async (name: string) => { if (javaScriptEnabled) await expectGoodLooks(page, name); };
  const muster = await demo();
  const ada = new Console(page, muster.url);
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(ada.heading('Acme')).toBeVisible();

  await ada.visit('/users');
  await ada.main.getByRole('link', { name: 'Add from a file' }).click();
  await expect(ada.heading('Add users from a file')).toBeVisible();
  await looks('users_import');
  const lines = Array.from({ length: 7 }, (_, at) => `crew${at}@crew.example;Crew ${at}`);
  await ada.main.getByLabel('File', { exact: true }).setInputFiles({
    name: 'crew.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['E-mail address;Name', ...lines, 'nobody;Broken'].join('\r\n')),
  });
  await ada.button('Look at it first').click();
  await expect(ada.region('What would happen')).toContainText('7 users are added');
  await expect(ada.row('Broken')).toContainText('Type a whole e-mail address');
  await looks('users_import_review');
  await ada.button('Add 7 users').click();
  await expect(ada.region('What was done')).toContainText('7 users added, 1 refused.');

  await ada.visit('/users?q=crew.example');
  const all = ada.main.getByRole('form', { name: 'All that match' });
  await all.getByLabel('What to do with all that match').selectOption('Send invitation');
  await all.getByRole('button', { name: 'Look at it first' }).click();
  await expect(ada.heading('Send 7 invitations?')).toBeVisible();
  await ada.button('Send 7 invitations').click();
  await expect(ada.region('What was done')).toContainText('7 invitations on their way.');

  await ada.visit('/users?q=crew.example');
  for (let at = 0; at < 6; at++) await ada.main.getByLabel(`Choose Crew ${at}`).check();
  await looks('users_chosen');
  await ada.main.getByRole('form', { name: 'Users' }).getByRole('button', { name: 'Delete' }).click();
  await expect(ada.heading('Delete 6 users?')).toBeVisible();
  await looks('users_many');
  await ada.main.getByLabel('Type 6 to delete that many users').fill('6');
  await ada.button('Delete 6 users').click();
  await expect(ada.region('What was done')).toContainText('6 users deleted.');

  await ada.main.getByRole('link', { name: 'Show the recycle bin' }).click();
  await expect(ada.heading('Recycle bin')).toBeVisible();
  await looks('users_bin');
  await ada.row('Crew 2').getByRole('button', { name: 'Restore' }).click();
  await expect(ada.heading('Crew 2')).toBeVisible();
  await ada.visit('/users/bin?q=Crew 3');
  await ada.row('Crew 3').getByRole('link', { name: 'Delete permanently' }).click();
  await ada.main.getByLabel('Type Crew 3 to delete them permanently').fill('Crew 3');
  await ada.button('Delete permanently').click();
  await expect(ada.row('Crew 3')).toHaveCount(0);
});
