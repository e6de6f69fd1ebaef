// Which stories run where: whole on SQLite, each once on PostgreSQL, the core of it without JavaScript.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';
import type { Choices } from './support/story.ts';

/** Quiet and at home in a container: no sandbox, nothing asked of the network by itself. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that is named, else the one of the machine (the one made to run without a screen first), else Playwright's own. */
function chromium(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export default defineConfig<Choices>({
  testDir: 'tests',
  outputDir: 'test-results',
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  // Two cores, and every test has a Muster of its own.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // A story that passes at the second try is broken: nothing is repeated.
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: chromium(), args: CHROMIUM_FLAGS },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    // What a copy button copied is read back.
    permissions: ['clipboard-read', 'clipboard-write'],
    // Without a screen every frame costs, and moving from page to page is many.
    contextOptions: { reducedMotion: 'reduce' },
    // What a failure left on the page. `--trace on` records all of it, at twice the time.
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'sqlite', use: { database: 'sqlite' } },
    // The demo keeps its own SQLite file: only what starts a server of its own is told again.
    { name: 'postgres', testMatch: /first_request|invitation|unattended|storm|rotation|killed|roles|sso|leaving|consent|onboarding|request_log/, use: { database: 'postgres' } },
    { name: 'no-javascript', grep: /@core/, use: { database: 'sqlite', javaScriptEnabled: false } },
  ],
});
