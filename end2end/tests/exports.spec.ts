// A list leaves as a file: what its filter shows, and nothing else.
import { readFile } from 'node:fs/promises';
import { Console } from '../support/console.ts';
import { signInAs } from '../support/demo.ts';
import { expect, test } from '../support/story.ts';

test('the invited people leave as a file', { tag: '@core' }, async ({ page, demo }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(ada.heading('Acme')).toBeVisible();
  await ada.visit('/users?state=invited');
  const shown = await ada.main.getByRole('rowheader').count();
  await ada.main.getByRole('button', { name: 'Export this list' }).click();
  const leaves = page.waitForEvent('download');
  await ada.main.getByRole('link', { name: 'Export as CSV' }).click();
  const file = await leaves;
  expect(file.suggestedFilename()).toBe('users.csv');
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toContain('id,name,email,status');
  expect(lines).toHaveLength(shown + 1);
  expect(lines.slice(1).every((line) => line.includes(',invited,'))).toBe(true);

  await ada.visit('/events?state=exported');
  await expect(ada.main).toContainText('Ada Lovelace exported users.csv');
});
