import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { initIn } from '../../init-in.ts';
import { mistakesIn } from '../../manifests.ts';

function mistakesOf(resources: kplus.ContainerResources): string[] {
  return mistakesIn(initIn('sites', { resources }).chart);
}

const { millis, units } = kplus.Cpu;
const { kibibytes, mebibytes, gibibytes } = Size;

test.each<[string, kplus.ContainerResources]>([
  ['nothing', {}],
  ['requests alone', { cpu: { request: millis(10) }, memory: { request: mebibytes(64) } }],
  ['limits alone', { cpu: { limit: units(0.5) }, ephemeralStorage: { limit: gibibytes(1) } }],
  ['as much as the limit', { cpu: { request: millis(1500), limit: units(1.5) } }],
  ['a size in another unit', { memory: { request: kibibytes(2048), limit: gibibytes(1) } }],
])('takes %s', (_, resources) => {
  expect(mistakesOf(resources)).toEqual([]);
});

test.each<[kplus.ContainerResources, string]>([
  [
    { cpu: { request: units(1), limit: millis(999) } },
    'resources.cpu.request 1 is more than the limit of 999m: give at most the limit.',
  ],
  [
    { memory: { request: gibibytes(1), limit: mebibytes(512) } },
    'resources.memory.request 1024 MiB is more than the limit of 512 MiB: give at most the limit.',
  ],
  [
    { ephemeralStorage: { request: gibibytes(2), limit: gibibytes(1) } },
    'resources.ephemeralStorage.request 2 GiB is more than the limit of 1 GiB: give at most the limit.',
  ],
  [
    { memory: { limit: kibibytes(1536) } },
    'resources.memory.limit 1.5 MiB is not valid: give whole mebibytes.',
  ],
  [
    { ephemeralStorage: { request: mebibytes(512) } },
    'resources.ephemeralStorage.request 0.5 GiB is not valid: give whole gibibytes.',
  ],
  ...[units(-1), millis(1e21), units(Number.NaN)].map((request): [kplus.ContainerResources, string] => [
    { cpu: { request } },
    `resources.cpu.request ${request.amount} is not valid: give a number of 0 or more that is written without an exponent.`,
  ]),
])('refuses %j', (resources, message) => {
  expect(mistakesOf(resources)).toEqual([`[test/Init] ${message}`]);
});
