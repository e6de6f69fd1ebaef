// A second factor beside the passphrase, asked for by a role; and the proof that a sensitive act asks for.
import { createHmac } from 'node:crypto';
import { letCodesBeNew, letProofsGrowOld } from '../support/clock.ts';
import { ADA, Console } from '../support/console.ts';
import { expectGoodLooks } from '../support/pages.ts';
import { expect, test } from '../support/story.ts';

/** What an authenticator app shows now (RFC 6238). */
function code(secret: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => digits.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac('sha1', key).update(step).digest();
  const number = tag.readUInt32BE(tag[tag.length - 1]! & 0x0f) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

test('a passphrase is not enough, and an old proof neither', { tag: '@core' }, async ({ page, serve, folder, someoneElse, javaScriptEnabled }) => {
  const muster = await serve();
  const ada = new Console(page, muster.url);
  const looks = async (name: string) => { if (javaScriptEnabled) await expectGoodLooks(page, name); };
  let secret = '';
  let recovery: string[] = [];

  const setUp = async () => {
    await ada.button('Set up a second factor').click();
    await expect(ada.main.getByRole('img', { name: 'The key as a QR code' })).toBeVisible();
    secret = await ada.main.locator('.copy code').first().innerText();
    await looks('second_factor_offered');
    await ada.main.getByLabel('Code', { exact: true }).fill('000000');
    await ada.button('Confirm and switch on').click();
    await expect(ada.main.getByRole('alert')).toContainText('This code is not right');
    await ada.main.getByLabel('Code', { exact: true }).fill(code(secret));
    await ada.button('Confirm and switch on').click();
    await expect(ada.main).toContainText('Your recovery codes, shown only now');
    recovery = (await ada.main.locator('.copy code').first().innerText()).split(/\s+/);
    expect(recovery).toHaveLength(10);
    await looks('second_factor_codes');
    letCodesBeNew(folder);
  };

  await test.step('Ada sets up a second factor on her account page', async () => {
    const [link] = await muster.line(/http\S+\/set-up\?code=[a-z2-7]{26}/);
    await ada.setUp(link, 'Acme');
    await ada.visit('/account');
    await looks('account_second_factor');
    await ada.main.getByRole('link', { name: 'Set up second factor' }).click();
    await looks('second_factor_off');
    await setUp();
    await ada.main.getByRole('link', { name: 'Back to your account' }).click();
    await expect(ada.region('Second factor')).toContainText('asked for at every sign-in');
    await ada.visit('/account/second-factor');
    await expect(ada.main).toContainText('10 left');
    await looks('second_factor_on');
  });

  await test.step('from now on the code is asked for, and each counts once', async () => {
    const theirs = await someoneElse();
    const there = new Console(theirs, muster.url);
    await there.signIn(ADA.email, ADA.passphrase);
    await expect(there.heading('Your second factor')).toBeVisible();
    const shown = code(secret);
    await there.main.getByLabel('Code', { exact: true }).fill(shown);
    await there.button('Sign in').click();
    await expect(there.heading('Acme')).toBeVisible();
    const second = new Console(await someoneElse(), muster.url);
    await second.signIn(ADA.email, ADA.passphrase);
    await second.main.getByLabel('Code', { exact: true }).fill(shown);
    await second.button('Sign in').click();
    await expect(second.main.getByRole('alert')).toContainText('used already');
    await second.main.getByLabel('Code', { exact: true }).fill(recovery[0]!);
    await second.button('Sign in').click();
    await expect(second.heading('Acme')).toBeVisible();
    letCodesBeNew(folder);
  });

  await test.step('an old proof holds back what gives power, and keeps what was typed', async () => {
    await ada.visit('/roles/new');
    await ada.main.getByLabel('Name').fill('Careful');
    await ada.button('Add role').click();
    await ada.main.getByRole('link', { name: /^Policies/ }).click();
    letProofsGrowOld(folder);
    await ada.main.getByRole('switch', { name: 'Require a second factor' }).check();
    await ada.main.getByLabel('Allowed addresses').fill('127.0.0.0/8');
    await ada.button('Save policies').click();
    await expect(ada.heading('Confirm it is you')).toBeVisible();
    await looks('confirm');
    await ada.main.getByLabel('Your passphrase').fill(ADA.passphrase);
    await ada.main.getByLabel('Code of your authenticator app').fill('000000');
    await ada.button('Confirm').click();
    await expect(ada.main.getByRole('alert')).toContainText('That is not right');
    await ada.main.getByLabel('Your passphrase').fill(ADA.passphrase);
    await ada.main.getByLabel('Code of your authenticator app').fill(code(secret));
    await ada.button('Confirm').click();
    await expect(ada.toasts.filter({ hasText: 'Nothing was done yet' })).toBeVisible();
    await expect(ada.main.getByRole('switch', { name: 'Require a second factor' })).toBeChecked();
    await expect(ada.main.getByLabel('Allowed addresses')).toHaveValue('127.0.0.0/8');
    await ada.button('Save policies').click();
    await expect(ada.toasts.filter({ hasText: 'The policies were saved' })).toBeVisible();
    await ada.main.getByRole('link', { name: /^Users/ }).click();
    await ada.main.getByLabel('E-mail address or id').fill(ADA.email);
    await ada.button('Give role').click();
    await expect(ada.toasts.filter({ hasText: 'holds the role' })).toBeVisible();
  });

  await test.step('where a role asks for one, whoever removes it sets up another before anything else', async () => {
    await ada.visit('/account/second-factor');
    await ada.button('Remove second factor').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove second factor' }).click();
    await expect(ada.main).toContainText('nothing else is open to you');
    await ada.visit('/users');
    await expect(ada.heading('Second factor')).toBeVisible();
    await looks('second_factor_owed');
    await setUp();
    await ada.visit('/users');
    await expect(ada.heading('Users')).toBeVisible();
  });
});
