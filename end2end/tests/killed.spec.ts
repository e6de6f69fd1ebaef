// The power fails while Okta creates people: whoever was answered is there, nobody is there twice, each gets one mail (B-47).
import { ADA } from '../support/console.ts';
import { Okta } from '../support/okta.ts';
import { expect, test } from '../support/story.ts';

const ROUNDS = 8;
const PEOPLE_A_ROUND = 12;

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

[[connection]]
node = "Berlin"
write_token_to = "berlin.token"
`;

const person = (number: number) => ({ givenName: 'Person', familyName: `No ${number}`, email: `p${number}@acme.example` });

test('killed in the middle of a push, and pushed again', async ({ folder, serve, mailbox, database }) => {
  await folder.write('ada.txt', `${ADA.passphrase}\n`);
  const muster = await serve({ bootstrap: BOOTSTRAP, mailbox });
  const okta = new Okta(`${muster.url}/api/rest/scim/v2/7`, (await folder.read('berlin.token')).trim());
  const answered = new Map<string, string>();
  let interrupted = 0;

  await test.step('it is killed again and again while people are created', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const people = Array.from({ length: PEOPLE_A_ROUND }, (_, number) => person(round * PEOPLE_A_ROUND + number));
      const sent = people.map(async ({ email, ...names }) => {
        await okta.assign({ email, ...names }).then((id) => answered.set(email, id), () => (interrupted += 1));
      });
      // Each round a little later: before the first is read, between two, after the last.
      await new Promise((next) => setTimeout(next, round * 12));
      await muster.cutPower();
      await Promise.all(sent);
    }
    expect(interrupted).toBeGreaterThan(0);
  });

  await test.step('Okta sends all of them again: whoever was answered has the same id', async () => {
    for (let number = 0; number < ROUNDS * PEOPLE_A_ROUND; number++) {
      const id = await okta.assign(person(number));
      expect(answered.get(person(number).email) ?? id).toBe(id);
    }
  });

  await test.step('each is there once', async () => {
    const all = await okta.all('Users');
    const names = all.map((one) => one.userName).sort();
    const expected = Array.from({ length: ROUNDS * PEOPLE_A_ROUND }, (_, number) => person(number).email).sort();
    expect(names).toEqual(expected);
  });

  await test.step('each gets one mail, whose copies a mail server knows by their id', async () => {
    for (let number = 0; number < ROUNDS * PEOPLE_A_ROUND; number++) {
      const { email } = person(number);
      // Where other servers could be sending it, what was interrupted leaves again after two minutes.
      if (database === 'sqlite') await mailbox.mail(email);
      const ids = mailbox.mails.filter((mail) => mail.to === email).map((mail) => mail.messageId);
      expect(new Set(ids).size, email).toBeLessThanOrEqual(1);
    }
  });
});
