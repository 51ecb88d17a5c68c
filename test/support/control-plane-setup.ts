import type { TestProject } from 'vitest/node';
import { type ControlPlaneFacts, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { interrupted } from './interrupted.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The control plane that all test files of the run share. */
    controlPlane: ControlPlaneFacts;
  }
}

/** Starts one control plane for the whole run, with controllers: half a second more, once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...facts } = await startControlPlane({ controllers: true, signal: interrupted() });
  project.provide('controlPlane', facts);
  return stop;
}
