// No link of the console leads nowhere.
import { Console } from '../support/console.ts';
import { signInAs } from '../support/demo.ts';
import { expect, test } from '../support/story.ts';

/** Lists with their filters and orders have endless addresses; so many pages show every kind. */
const ENOUGH = 150;

test('every link of the console leads to a page', async ({ page, demo }) => {
  const muster = await demo();
  const ada = new Console(page, muster.url);
  await signInAs(page, muster.url, 'Ada, administrator');
  await expect(ada.heading('Acme')).toBeVisible();

  const broken: string[] = [];
  const seen = new Set(['/']);
  for (const path of seen) {
    if (seen.size > ENOUGH && path.includes('?')) continue;
    const answer = await page.request.get(muster.url + path);
    const body = await answer.text();
    // An invitation of the outbox that somebody has accepted says that it is over.
    const isOver = path.startsWith('/invitation?') && answer.status() === 410;
    const isFile = answer.headers()['content-disposition']?.startsWith('attachment');
    if (!(answer.ok() || isOver) || !(isFile || /<h1[\s>]/.test(body))) broken.push(`${path}: ${answer.status()}`);
    for (const [, link] of body.matchAll(/<a[^>]* href="([^"#]*)/g)) {
      const next = link.replaceAll('&amp;', '&');
      if (next.startsWith('/') && seen.size < 2 * ENOUGH) seen.add(next);
    }
  }
  expect(broken).toEqual([]);
  expect(seen.size).toBeGreaterThan(30);
});

test('every form of the console goes to an address that takes it', async ({ page, demo }) => {
  const muster = await demo();
  await signInAs(page, muster.url, 'Ada, administrator');
  const ada = new Console(page, muster.url);
  await expect(ada.heading('Acme')).toBeVisible();
  const targets = new Map<string, string>();
  for (const path of ['/', '/approvals', '/nodes', '/users', '/users/new', '/teams', '/connections', '/connections/new', '/events', '/settings']) {
    await ada.visit(path);
    const forms = await page.locator('form[method=post]').evaluateAll((forms) => forms.map((form) => (form as HTMLFormElement).action));
    for (const form of forms) targets.set(form, path);
  }
  expect(targets.size).toBeGreaterThan(5);
  for (const [target, path] of targets) {
    // As a stranger and without anything in it: refused, but never unknown.
    const answer = await fetch(target, { method: 'POST', redirect: 'manual' });
    expect(answer.status, `${target} (a form of ${path})`).not.toBe(404);
    expect(answer.status, `${target} (a form of ${path})`).not.toBe(405);
  }
});
