import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Aliases } from './aliases.ts';

/** Whether a pair is no field, but brings in the fields of other mappings (https://yaml.org/type/merge.html). */
export function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** The mappings whose fields it brings in: those of an earlier one hide those of a later one. Undefined for anything else. */
export function mergedMaps({ value }: Pair, aliases: Aliases): readonly YAMLMap[] | undefined {
  const source = aliases.get(value) ?? value;
  const maps = isSeq(source) ? source.items.map((item) => aliases.get(item) ?? item) : [source];
  return maps.every((map) => isMap(map)) ? maps : undefined;
}
