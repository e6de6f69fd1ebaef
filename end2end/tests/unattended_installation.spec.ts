// An installation without anybody at the keyboard: a bootstrap file goes in, a token comes out, and the client works.
import { stat } from 'node:fs/promises';
import { ADA, Console } from '../support/console.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

const BOOTSTRAP = `
organisation = "Acme"

[[node]]
id = 7
name = "Berlin"
parent = "Acme"

[[administrator]]
email = "${ADA.email}"
name = "${ADA.name}"
passphrase_file = "ada.txt"

[[person]]
email = "grace@acme.example"
name = "Grace Hopper"
node = "Berlin"

[[connection]]
node = "Berlin"
write_token_to = "berlin.token"
`;

test('a bootstrap file makes an installation that an identity provider can use at once', async ({ page, folder, serve }) => {
  await folder.write('ada.txt', `${ADA.passphrase}\n`);
  const muster = await serve({ bootstrap: BOOTSTRAP });
  const ada = new Console(page, muster.url);

  await test.step('nobody is asked to set up anything', async () => {
    expect(muster.log).not.toContain('/set-up');
  });

  const okta = await test.step('the token lies in its file, for its owner alone, and works at once', async () => {
    expect((await stat(folder.file('berlin.token'))).mode & 0o777).toBe(0o600);
    const token = (await folder.read('berlin.token')).trim();
    const client = new Okta(`${muster.url}/api/rest/scim/v2/7`, token);
    expect(await client.testConnection()).toEqual({ ok: true, detail: '' });
    return client;
  });

  await test.step('Okta claims who was named in the file, and brings others', async () => {
    await okta.assign({ givenName: 'Grace', familyName: 'Hopper', email: 'grace@acme.example' });
    await okta.assign({ givenName: 'Ben', familyName: 'Banneker', email: 'ben@acme.example' });
  });

  await test.step('the administrator signs in with the passphrase of the file', async () => {
    await ada.signIn(ADA.email, ADA.passphrase);
    await expect(ada.heading('Acme')).toBeVisible();
    await ada.go('Users');
    for (const name of ['Grace Hopper', 'Ben Banneker']) {
      await expect(ada.row(name)).toContainText('Invited');
      await expect(ada.row(name)).toContainText('SCIM');
    }
  });

  await test.step('the connection is connected', async () => {
    await ada.visit('/nodes/7/connection');
    await expect(ada.state).toHaveText('Connected');
  });
});
