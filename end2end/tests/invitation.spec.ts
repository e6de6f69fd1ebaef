// From a mail to a green badge: invited by Okta, the mail read, the link opened, in the team after the approval.
import { ADA, Console, skipSteps } from '../support/console.ts';
import { IdentityProvider } from '../support/identity_provider.ts';
import { linkOf } from '../support/mailbox.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

const GRACE = { givenName: 'Grace', familyName: 'Hopper', email: 'grace@acme.example' };
const MARY = { givenName: 'Mary', familyName: 'Somerville', email: 'mary@elsewhere.example' };
const GRACE_AT_OKTA = { subject: '00u1grace', name: 'Grace Hopper', email: GRACE.email, passphrase: 'nanoseconds of wire' };
const CHOSEN = 'on the connexion of the sciences';

test('an invitation arrives, and whoever opens it comes in once', { tag: '@core' }, async ({ page, serve, mailbox, someoneElse }) => {
  const muster = await serve({ signIn: await IdentityProvider.start([GRACE_AT_OKTA]), domains: ['acme.example'], mailbox });
  const ada = new Console(page, muster.url);

  const okta = await test.step('Acme is set up, and Okta is connected', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await ada.addNode('Berlin', 'Acme');
    await ada.addScim('Okta');
    const { url, token } = await ada.generateToken();
    await ada.saveConnection();
    return new Okta(url, token);
  });

  await test.step('a test mail shows that mail arrives', async () => {
    await ada.visit('/settings');
    await expect(ada.region('Mail')).toContainText(`127.0.0.1:${mailbox.port}`);
    await ada.button('Send a test mail to me').click();
    await expect(ada.toasts.filter({ hasText: 'on its way' })).toBeVisible();
    expect(linkOf(await mailbox.mail(ADA.email))).toBe(`${muster.url}/settings`);
  });

  await test.step('the node says what its invitations say, and shows it', async () => {
    await ada.visit('/nodes/2');
    const form = ada.region('Invitations');
    await form.getByLabel('Heading').fill('Welcome to {node}, {name}');
    await form.getByRole('button', { name: 'Save invitations' }).click();
    await expect(ada.region('Invitations')).toContainText('Welcome to Berlin, Grace Hopper');
  });

  await test.step('Okta assigns two people to a group', async () => {
    const [grace, mary] = [await okta.assign(GRACE), await okta.assign(MARY)];
    await okta.pushGroup('Observatory', [{ id: grace, email: GRACE.email }, { id: mary, email: MARY.email }]);
  });

  const ofMary = linkOf(await mailbox.mail(MARY.email));
  await test.step('the mail says who invites, with one link', async () => {
    const mail = await mailbox.mail(MARY.email);
    expect(mail.subject).toBe('Acme invites you to Muster');
    expect(mail.text).toContain('Welcome to Berlin, Mary Somerville');
    expect(mail.html).toContain(ofMary);
    expect(ofMary).toContain(`${muster.url}/invitation?token=`);
  });

  await test.step('the administrator who opens it is told whom it is for', async () => {
    await page.goto(ofMary);
    await expect(ada.main).toContainText(`You are signed in as ${ADA.name}. Sign out to accept.`);
    await ada.visit('/');
  });

  await test.step('Mary chooses a passphrase and is in', async () => {
    const theirs = await someoneElse();
    await theirs.goto(ofMary);
    await expect(theirs.getByRole('heading', { name: 'Welcome to Berlin, Mary Somerville' })).toBeVisible();
    await expect(theirs.getByText('m•••@elsewhere.example')).toBeVisible();
    await theirs.getByLabel('Choose a passphrase').fill(CHOSEN);
    await theirs.getByRole('button', { name: 'Accept the invitation' }).click();
    await skipSteps(theirs);
    await expect(theirs.getByRole('heading', { name: 'Welcome, Mary' })).toBeVisible();
  });

  await test.step('Grace proves who she is at Okta and is in', async () => {
    const theirs = await someoneElse();
    await theirs.goto(linkOf(await mailbox.mail(GRACE.email)));
    await expect(theirs.getByLabel('Choose a passphrase')).toHaveCount(0);
    await theirs.getByRole('link', { name: 'Sign in with Okta' }).click();
    await theirs.getByLabel('E-mail address').fill(GRACE_AT_OKTA.email);
    await theirs.getByLabel('Passphrase').fill(GRACE_AT_OKTA.passphrase);
    await theirs.getByRole('button', { name: 'Sign in' }).click();
    await theirs.getByRole('button', { name: 'Allow' }).click();
    await skipSteps(theirs);
    await expect(theirs.getByRole('heading', { name: 'Welcome, Grace' })).toBeVisible();
  });

  await test.step('after Full Sync both are in the team', async () => {
    await ada.go('Approvals');
    await ada.button('Run Full Sync').click();
    await ada.go('Users');
    for (const name of ['Grace Hopper', 'Mary Somerville']) {
      await expect(ada.row(name)).toContainText('Active');
      await expect(ada.row(name)).toContainText('Observatory');
    }
  });

  await test.step('a link that was used is good no longer', async () => {
    const late = await someoneElse();
    const answer = await late.request.get(ofMary);
    expect(answer.status()).toBe(410);
    expect(await answer.text()).toContain('This invitation has expired or was already used.');
  });
});

test('somebody whom Okta deactivates cannot accept, and one who waits can be sent another', async ({ page, serve, mailbox, someoneElse }) => {
  const muster = await serve({ mailbox });
  const ada = new Console(page, muster.url);
  const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
  await ada.setUp(link, 'Acme');
  await ada.addNode('Berlin', 'Acme');
  await ada.addScim('Okta');
  const { url, token } = await ada.generateToken();
  await ada.saveConnection();
  const okta = new Okta(url, token);
  const mary = await okta.assign(MARY);
  const first = linkOf(await mailbox.mail(MARY.email));
  const theirs = await someoneElse();
  const status = async (one: string) => (await theirs.request.get(one)).status();

  await test.step('the page of the person says that the invitation was sent', async () => {
    await ada.visit(`/users/${mary}`);
    await expect(ada.main).toContainText('Waits for Mary to accept the invitation');
    await expect(ada.main).toContainText('The link is good until');
  });

  await test.step('deactivated, the link is dead at once', async () => {
    expect(await status(first)).toBe(200);
    await okta.deactivate(mary);
    expect(await status(first)).toBe(410);
    await okta.assign(MARY);
    expect(await status(first)).toBe(410);
    expect(await status(linkOf(await mailbox.mail(MARY.email, 2)))).toBe(200);
  });

  await test.step('cancelled and sent again by hand, only the newest is good', async () => {
    const second = linkOf(await mailbox.mail(MARY.email, 2));
    await ada.visit(`/users/${mary}`);
    await ada.button('Cancel invitation').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel invitation' }).click();
    await expect(ada.main).toContainText('The invitation of Mary was cancelled');
    expect(await status(second)).toBe(410);
    await ada.button('Send invitation again').click();
    await expect(ada.toasts.filter({ hasText: 'on its way' })).toBeVisible();
    expect(await status(linkOf(await mailbox.mail(MARY.email, 3)))).toBe(200);
  });
});
