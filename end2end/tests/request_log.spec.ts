// The log of requests: a push that fails is understood and mended by what the console says, and nothing else.
import type { Locator } from '@playwright/test';
import { Console } from '../support/console.ts';
import { Okta } from '../support/okta.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

const GRACE = { givenName: 'Grace', familyName: 'Hopper', email: 'grace@acme.example' };
const BEN = { givenName: 'Ben', familyName: 'Banneker', email: 'ben' };

/** A line of this page of the log, by what came of it. It is opened: what is noted is written a moment later. */
async function opened(ada: Console, page: string, said: string | RegExp): Promise<Locator> {
  const line = ada.main.locator('details.request').filter({ hasText: said }).first();
  await expect(async () => {
    await ada.visit(page);
    await expect(line).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await line.locator('summary').click();
  return line;
}

test('a failing push is diagnosed from the log alone', { tag: '@core' }, async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.addNode('Berlin', 'Acme');
  await ada.addScim('Okta');
  const { url, token } = await ada.generateToken();
  const okta = new Okta(url, token);

  await test.step('a test before Save is refused, and the log says that Save was not pressed', async () => {
    expect((await okta.testConnection()).ok).toBe(false);
    const refused = await opened(ada, '/nodes/2/connection/requests', 'press Save');
    await expect(refused).toContainText('Okta tested the connection before Save was pressed.');
    await expect(refused).toContainText('Test Connector Configuration');
  });

  await test.step('what it says to do helps', async () => {
    await ada.visit('/nodes/2/connection');
    await ada.saveConnection();
    expect(await okta.testConnection()).toEqual({ ok: true, detail: '' });
  });

  await test.step('a person without an address is refused, and the log says which setting of Okta makes it so', async () => {
    await expect(okta.assign(BEN)).rejects.toThrow(/400/);
    const refused = await opened(ada, '/nodes/2/connection/requests?outcome=refused&kind=people', 'valid e-mail address');
    await expect(refused).toContainText('Application username format to Email');
    await refused.getByRole('link', { name: 'Request and answer' }).click();
    await expect(ada.state).toHaveText('Refused');
    await expect(ada.main.getByRole('region', { name: 'Request and answer' })).toContainText('"userName": "ben"');
    await expect(ada.main).toContainText('curl -i -X POST');
    // Okta sends a password with each new person.
    await expect(ada.main).not.toContainText('1mz050nq');
  });

  await test.step('a group with somebody who is not here is refused, and the log says how Okta learns the id', async () => {
    await expect(okta.pushGroup('Compilers', [{ id: '00u-of-another-time', email: 'gone@acme.example' }])).rejects.toThrow(/400/);
    const refused = await opened(ada, '/nodes/2/connection/requests?outcome=refused&kind=groups', 'not people of this node');
    await expect(refused).toContainText('Not Found');
    await expect(refused).toContainText('open Assignments: remove the people, and assign them again');
  });

  await test.step('mended, both arrive: the log says what changed, and so do the pages of the person and the team', async () => {
    const grace = await okta.assign(GRACE);
    await okta.assign({ ...BEN, email: 'ben@acme.example' });
    await okta.pushGroup('Compilers', [{ id: grace, email: GRACE.email }]);
    const said = ada.region('What Okta said lately');
    await expect(async () => {
      await ada.visit(`/users/${grace}`);
      await expect(said).toContainText('Added Grace Hopper to Compilers, pending', { timeout: 1_000 });
    }).toPass();
    await expect(said).toContainText('Created Grace Hopper');
    const added = said.locator('.request').filter({ hasText: 'Added Grace Hopper to Compilers, pending' }).first();
    await added.locator('summary').click();
    await added.getByRole('link', { name: 'Request and answer' }).click();
    const changes = ada.region('What it changed');
    await expect(changes.getByRole('row', { name: /members/ })).toContainText('Grace Hopper');
    await ada.main.getByRole('link', { name: 'Compilers' }).first().click();
    await expect(ada.heading('Compilers')).toBeVisible();
    await expect(ada.region('What Okta said lately')).toContainText('Added Grace Hopper to Compilers, pending');
  });
});

test('the log is live while it is open, and looks good', async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.addNode('Berlin', 'Acme');
  await ada.addScim('Okta');
  const { url, token } = await ada.generateToken();
  await ada.saveConnection();
  const okta = new Okta(url, token);
  await ada.visit('/nodes/2/connection/requests');
  await expect(ada.main).toContainText('No request came yet');
  await okta.testConnection();
  await expect(ada.main.getByRole('link', { name: 'Show the new requests' })).toBeVisible();
  await ada.main.getByRole('link', { name: 'Show the new requests' }).click();
  await expect(ada.main.locator('.requests').last()).toContainText('Listed 0 people');
  const grace = await okta.assign(GRACE);
  await expect(ada.main.locator('.requests.fresh')).toContainText('Created Grace Hopper');
  await ada.main.locator('.requests.fresh').getByText('Created Grace Hopper').click();
  await expect(ada.state).toHaveText('Answered');
  await expectGoodLooks(page, 'request');
  await okta.pushGroup('Compilers', [{ id: grace, email: GRACE.email }]);
  await expect(okta.assign(BEN)).rejects.toThrow(/400/);
  await opened(ada, '/nodes/2/connection/requests', 'valid e-mail address');
  await expectGoodLooks(page, 'requests');
});
