import type { IConstruct } from 'constructs';
import { AppRecord } from '../app-record';

/**
 * The path of a prop as the author of the app wrote it. If another construct created this one, the path begins with a
 * prop of that construct.
 */
export function propPath(construct: IConstruct, prop: string): string {
  const { propPrefixes } = AppRecord.of(construct);
  return `${propPrefixes.get(construct.node.path) ?? ''}${prop}`;
}
