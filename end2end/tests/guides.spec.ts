// Each guide leads to a connection that works: its address and its token are copied from the page, and the client of the
// guide makes its own first requests.
import { Console } from '../support/console.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

/** A client as it comes for the first time. */
interface Client {
  /** What the wizard calls it. */
  provider: string;
  /** The name it gives itself. */
  agent: string;
  /** What it asks first (wire.md). */
  first: string;
  /** A sentence of its guide that only it has. */
  words: string;
}

const CLIENTS: Client[] = [
  { provider: 'Okta', agent: 'Okta SCIM Client 1.0.0', first: '/Users?startIndex=1&count=2', words: 'Application username format is Email' },
  { provider: 'Entra ID', agent: 'Microsoft Azure AD Provisioning', first: '/Users?filter=userName+eq+%220b1b2c3d%22', words: 'Provision on demand' },
  { provider: 'JumpCloud', agent: 'JumpCloud', first: '/Users?filter=userName%20eq%20%22test%40acme.example%22', words: 'Test User Email' },
  { provider: 'Google Workspace', agent: 'Google-Autoprovisioning', first: '/Users?count=1', words: 'Configure autoprovisioning' },
  { provider: 'OneLogin', agent: 'OneLogin', first: '/Users?filter=userName%20eq%20%22none%40acme.example%22', words: 'SCIM JSON Template' },
  { provider: 'Another client', agent: 'acme-sync/1.0', first: '/ServiceProviderConfig', words: 'RFC 7643 and RFC 7644' },
];

test('each guide leads to a connection that works', async ({ page, serve }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  for (const [place, client] of CLIENTS.entries()) {
    await test.step(`connect ${client.provider} with its guide`, async () => {
      await ada.addNode(`Office ${place + 1}`, 'Acme');
      await ada.main.getByRole('link', { name: 'Add method' }).click();
      await ada.region(/^SCIM/).getByLabel(client.provider).check();
      await ada.button('Add SCIM').click();
      const guide = ada.region(`In ${client.provider}`);
      await expect(guide).toContainText(client.words);
      await expect(guide).toContainText('Press Save connection on this page first');
      await expect(guide).toContainText('e-mail address');
      const { url, token } = await ada.generateToken();
      await expect(guide).toContainText(url);
      await ada.saveConnection();
      const headers = { Authorization: `Bearer ${token}`, 'User-Agent': client.agent, Accept: 'application/json' };
      const answer = await fetch(url + client.first, { headers });
      expect(answer.status).toBe(200);
      await expect(ada.state).toHaveText('Connected');
      await ada.page.reload();
      await expect(guide.locator('li[data-done]').first()).toBeVisible();
      if (place < 2) await expectGoodLooks(page, `guide_${place}`);
    });
  }
});
