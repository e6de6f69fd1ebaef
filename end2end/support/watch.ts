// What must not happen on any page of any story: an error in the console, a broken policy, a failed request.
import { type Page, expect } from '@playwright/test';

/** Listens to a page; what went wrong is kept until the story ends. */
export class Watch {
  private readonly found: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      // Chromium reports violations of the content security policy as errors of the console too.
      // The live panel asks every two seconds, also while the story ends and takes its server away.
      const isLastQuestion = message.text().includes('ERR_CONNECTION_REFUSED') && message.location().url.endsWith('/api/connections/live');
      if (message.type() === 'error' && !isLastQuestion) this.found.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => {
      // Chromium says so when it shows the next page without its animation, because the machine was slow: no script of ours.
      if (!/^Transition was (aborted|skipped)/.test(error.message)) this.found.push(`script: ${error.message}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.found.push(`${response.status()} from ${response.url()}`);
    });
  }

  /** The story provokes this one itself. */
  expect(complaint: RegExp): void {
    this.expected.push(complaint);
  }

  /** Fails if anything went wrong that the story did not ask for, or if that did not happen. */
  expectQuiet(): void {
    const unexpected = this.found.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
    expect(unexpected, 'what the browser complains about').toEqual([]);
    const missing = this.expected.filter((pattern) => !this.found.some((complaint) => pattern.test(complaint)));
    expect(missing, 'what the story expected the browser to complain about').toEqual([]);
  }
}
