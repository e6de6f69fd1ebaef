// Single sign-on of a node: set up by the guide, verified, switched on; then people are led to it by their domain.
import { ADA, Console, skipSteps } from '../support/console.ts';
import { IdentityProvider } from '../support/identity_provider.ts';
import { NameServer } from '../support/name_server.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

const ADA_THERE = { subject: 'ada-there', name: 'Ada Lovelace', email: 'ada@there.example', passphrase: 'the analytical engine' };
const MARY = { subject: '00u1mary', name: 'Mary Somerville', email: 'mary@acme.example', passphrase: 'on the connexion of the sciences' };

test('people of a domain are led to the single sign-on of their node', { tag: '@core' }, async ({ page, serve, someoneElse, javaScriptEnabled }) => {
  const provider = await IdentityProvider.start([ADA_THERE, MARY]);
  const names = await NameServer.start();
  const muster = await serve({ provider, names });
  const ada = new Console(page, muster.url);
  // What looks a page over is a script itself.
  const looks = async (name: string) => { if (javaScriptEnabled) await expectGoodLooks(page, name); };
  const at = async (theirs: typeof page, account: typeof MARY) => {
    await theirs.getByLabel('E-mail address').fill(account.email);
    await theirs.getByLabel('Passphrase').fill(account.passphrase);
    await theirs.getByRole('button', { name: 'Sign in' }).click();
    await theirs.getByRole('button', { name: 'Allow' }).click();
  };

  await test.step('Acme is set up, and single sign-on is added to Berlin', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await ada.addNode('Berlin', 'Acme');
    await ada.main.getByRole('link', { name: 'Add method' }).click();
    await looks('method_add');
    await ada.region('Single sign-on (OpenID Connect)').getByLabel('Keycloak').check();
    await ada.button('Add single sign-on').click();
    await expect(ada.state).toHaveText('Draft');
    const redirect = await ada.region('Addresses for the provider').locator('code').first().innerText();
    provider.serve(redirect);
    await looks('sign_in_method_draft');
  });

  await test.step('the provider is filled in and tested', async () => {
    await ada.main.getByLabel('Issuer').fill(provider.issuer);
    await ada.main.getByLabel('Client ID').fill(provider.clientId);
    await ada.main.getByLabel('Client secret').fill(provider.clientSecret);
    await ada.button('Save single sign-on').click();
    await expect(ada.toasts.filter({ hasText: 'was saved' })).toBeVisible();
    await ada.button('Test connection').click();
    await expect(ada.main).toContainText('The connection works');
  });

  await test.step('Ada signs in once to verify, and switches it on', async () => {
    await ada.main.getByRole('link', { name: 'Sign in to verify' }).click();
    await at(page, ADA_THERE);
    await expect(ada.state).toHaveText('Verified');
    await expect(ada.main).toContainText('ada@there.example');
    await ada.button('Switch on').click();
    await expect(ada.state).toHaveText('On');
    await expect(ada.main).toContainText('No domain is verified yet');
    await looks('sign_in_method_on');
  });

  await test.step('the domain is shown to be Acme’s, and leads to Berlin', async () => {
    await ada.visit('/settings/domains');
    await ada.main.getByRole('textbox', { name: 'Domain' }).fill('acme.example');
    await ada.button('Add domain').click();
    await ada.button('Look up now').click();
    await expect(ada.main).toContainText('No TXT record there yet');
    const domain = ada.region('acme.example').locator('code');
    names.says(await domain.first().innerText(), await domain.last().innerText());
    await looks('domain_requested');
    await ada.button('Look up now').click();
    await expect(ada.region('acme.example')).toContainText('Verified');
    await ada.main.getByLabel('Its addresses lead to').selectOption({ label: 'Keycloak of Berlin (On)' });
    await ada.button('Save where it leads').click();
    await expect(ada.toasts.filter({ hasText: 'was saved' })).toBeVisible();
    await looks('domains');
  });

  await test.step('Mary, whom nobody knows, types her address and is in', async () => {
    const theirs = await someoneElse();
    await theirs.goto(`${muster.url}/sign-in`);
    await theirs.getByLabel('E-mail address or enterprise domain').fill(MARY.email);
    await theirs.getByRole('button', { name: 'Continue' }).click();
    await at(theirs, MARY);
    await skipSteps(theirs);
    await expect(theirs.getByRole('heading', { name: 'Welcome, Mary' })).toBeVisible();
    await ada.go('Users');
    await expect(ada.row('Mary Somerville')).toContainText('Active');
    await expect(ada.row('Mary Somerville')).toContainText('Berlin');
  });

  await test.step('Ada still gets in by her passphrase', async () => {
    const theirs = await someoneElse();
    await theirs.goto(`${muster.url}/sign-in`);
    await theirs.getByRole('link', { name: 'Use a passphrase' }).click();
    await theirs.getByLabel('E-mail address').fill(ADA.email);
    await theirs.getByLabel('Passphrase').fill(ADA.passphrase);
    await theirs.getByRole('button', { name: 'Sign in' }).click();
    await expect(theirs.getByRole('heading', { level: 1, name: 'Acme' })).toBeVisible();
  });
});
