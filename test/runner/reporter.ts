import { relative } from 'node:path';
import type { TestModule, Vitest } from 'vitest/node';
import { endWithNpm } from './end-with-npm.ts';

/** The functions that Vitest's own reporters lack. */
export default class Reporter {
  /**
   * On an interruption (SIGINT), ends the run with a summary of the results so far. A second interruption ends it at
   * once. Vitest alone would end at once, without a summary.
   */
  onInit(vitest: Vitest): void {
    endWithNpm();
    process.removeAllListeners('SIGINT'); // Vitest's own
    process.once('SIGINT', () => void vitest.cancelCurrentRun('keyboard-input'));
  }

  /** Prints at once why tests cannot run. Vitest prints it only at the end. */
  onTestModuleEnd(module: TestModule): void {
    const file = relative(process.cwd(), module.moduleId);
    for (const suite of [module, ...module.children.allSuites()]) {
      for (const { message } of suite.errors()) {
        process.stderr.write(`${file} cannot run: ${message}\n`);
      }
    }
  }
}
