// What must not happen on any page of any story: an error in the console, a broken policy, a failed request.
import { type Page, expect } from '@playwright/test';

/** Listens to a page; `found` holds what went wrong. */
export class Watch {
  readonly found: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      // Chromium reports violations of the content security policy as errors of the console too.
      if (message.type() === 'error') this.found.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.found.push(`script: ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 500) this.found.push(`${response.status()} from ${response.url()}`);
    });
  }

  /** Fails if anything went wrong that the story did not ask for. */
  expectQuiet(): void {
    expect(this.found, 'what the browser complains about').toEqual([]);
  }
}
