import type { IConstruct } from 'constructs';
import { AppRecord } from '../app-record';

/** A prop as the author of the app gives it: that of a construct that another one makes may be below a prop of the other. */
export function propPath(construct: IConstruct, prop: string): string {
  const { propPrefixes } = AppRecord.of(construct);
  return `${propPrefixes.get(construct.node.path) ?? ''}${prop}`;
}
