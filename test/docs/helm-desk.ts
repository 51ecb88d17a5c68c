import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { helmBinary } from '../../devcluster/builds/helm.ts';
import { type ControlPlaneOptions, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { adminOf, type Desk, sitDown } from './desk.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A desk with the charts and Helm, and a control plane of its own, since the documents name namespaces. */
export async function sitDownWithHelm(options: ControlPlaneOptions = {}): Promise<Desk> {
  const controlPlane = await startControlPlane(options);
  onTestFinished(() => controlPlane.stop());
  const desk = await sitDown({ admin: adminOf(controlPlane) });
  await cp(join(ROOT, 'helm'), join(desk.folder, 'helm'), { recursive: true });
  await symlink(join(ROOT, 'runtime'), join(desk.folder, 'runtime'));
  await symlink(await helmBinary('v4'), join(desk.folder, 'bin/helm'));
  return desk;
}
