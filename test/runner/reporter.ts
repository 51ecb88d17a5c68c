import { relative } from 'node:path';
import type { TestModule, Vitest } from 'vitest/node';
import { endWithNpm } from './end-with-npm.ts';

/** What Vitest's own reporters lack. */
export default class Reporter {
  /**
   * Lets an interruption (SIGINT) end the run with the summary of what was found so far. A second one ends it at once. Vitest alone
   * would end at once, and say nothing.
   */
  onInit(vitest: Vitest): void {
    endWithNpm();
    process.removeAllListeners('SIGINT'); // Vitest's own
    process.once('SIGINT', () => void vitest.cancelCurrentRun('keyboard-input'));
  }

  /** Says at once why tests cannot run: Vitest says so at the end. */
  onTestModuleEnd(module: TestModule): void {
    const file = relative(process.cwd(), module.moduleId);
    for (const suite of [module, ...module.children.allSuites()]) {
      for (const { message } of suite.errors()) {
        process.stderr.write(`${file} cannot run: ${message}\n`);
      }
    }
  }
}
