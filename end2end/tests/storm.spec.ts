// A mistake in the identity provider locks everybody; the administrator sees it, and one button takes it back.
import { Console } from '../support/console.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

/** More than may be locked within an hour without a word. */
const PEOPLE = 12;

test('a storm undone', { tag: '@core' }, async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.addNode('Berlin', 'Acme');
  await ada.addScim('Okta');
  const { url, token } = await ada.generateToken();
  await ada.saveConnection();
  const okta = new Okta(url, token);
  const people: { id: string; email: string }[] = [];

  await test.step('Okta keeps a dozen people in one team', async () => {
    for (let number = 10; number < 10 + PEOPLE; number++) {
      const email = `person${number}@acme.example`;
      people.push({ email, id: await okta.assign({ givenName: 'Person', familyName: `No ${number}`, email }) });
    }
    await okta.pushGroup('Compilers', people);
  });

  await test.step('a wrong rule deactivates all of them: they are locked at once', async () => {
    for (const { id } of people) await okta.deactivate(id);
    await ada.visit('/users?state=locked_by_idp');
    for (const { email } of people) await expect(ada.main.getByText(email)).toBeVisible();
  });

  await test.step('the overview and the page of the connection say so', async () => {
    for (const path of ['/', '/nodes/2/connection']) {
      await ada.visit(path);
      const notice = ada.main.locator('.notice').filter({ hasText: 'Okta locked or removed many at once' });
      await expect(notice).toContainText(`${PEOPLE} users were locked in Berlin`);
      await expect(notice.getByRole('button', { name: 'Undo all' })).toBeVisible();
    }
  });

  await test.step('its page tells who was locked, and what can be done', async () => {
    await ada.main.getByRole('link', { name: 'Review changes' }).click();
    await expect(ada.heading('Many changes by Okta')).toBeVisible();
    await expect(ada.state).toHaveText('Needs a decision');
    for (const { email } of people) {
      const name = `Person No ${email.slice(6, 8)}`;
      await expect(ada.row(name)).toContainText('was locked');
    }
  });

  await test.step('one button takes all of it back', async () => {
    await ada.button('Undo all').click();
    await expect(ada.toasts).toHaveText([`Undone: ${PEOPLE} users given back as before`]);
    await expect(ada.state).toHaveText('Undone');
    await expect(ada.row('Person No 10')).toContainText('As before');
    await expect(ada.button('Undo all')).toHaveCount(0);
    await ada.visit('/users?state=invited');
    for (const { email } of people) await expect(ada.main.getByText(email)).toBeVisible();
  });

  await test.step('Okta reads that they are active again, and the overview is quiet', async () => {
    for (const { id } of people) expect((await okta.user(id)).active).toBe(true);
    await ada.visit('/');
    await expect(ada.main.locator('.notice').filter({ hasText: 'many at once' })).toHaveCount(0);
  });
});
