import { access, glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { LOG_FORMAT_FLAG } from '../../runtime/cli/command.ts';

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Field[];
}

interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: { readonly label?: string; readonly description?: string; readonly value?: string };
  readonly validations?: { readonly required: boolean };
}

const ROOT = join(import.meta.dirname, '../..');
const REPOSITORY = 'https://github.com/cdk8s-multisite/cdk8s-multisite';

const read = (file: string) => readFile(join(ROOT, file), 'utf8');
const readForm = async (name: string): Promise<Form> =>
  parse(await read(`.github/ISSUE_TEMPLATE/${name}.yml`));

describe.each(['bug', 'feature'])('the issue form %s', async (name) => {
  const { body, ...form } = await readForm(name);

  test('has a name and a description', () => {
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
  });

  test('has fields that GitHub knows, each with an id of its own and a label', () => {
    const fields = body.filter(({ type }) => type !== 'markdown');
    expect(fields.map(({ type }) => type)).toEqual(
      fields.map(() => expect.stringMatching(/^(input|textarea)$/)),
    );
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    for (const { id, attributes } of fields) {
      expect([id, attributes.label]).toEqual([expect.stringMatching(/^[\w-]+$/), expect.any(String)]);
    }
  });
});

test('a bug report has all that a maintainer asks for', async () => {
  const { body } = await readForm('bug');
  expect(body.flatMap(({ id }) => id ?? [])).toEqual([
    ...['what', 'version', 'kubernetes', 'result', 'log', 'manifests'],
  ]);
  const descriptions = body.map(({ attributes }) => attributes.description ?? '').join('\n');
  expect(LOG_FORMAT_FLAG.choices).toContain('json');
  for (const words of ['`multisite-init --version`', '`kubectl version`', '`--log-format=json`']) {
    expect(descriptions).toContain(words);
  }
});

test('whoever opens an issue is led to the private form and to the documents', async () => {
  const { blank_issues_enabled, contact_links } = parse(await read('.github/ISSUE_TEMPLATE/config.yml'));
  expect(blank_issues_enabled).toBe(false);
  expect(contact_links).toEqual(
    [`${REPOSITORY}/security/advisories/new`, `${REPOSITORY}/tree/main/docs`].map((url) => ({
      name: expect.any(String),
      url,
      about: expect.any(String),
    })),
  );
});

test('the security policy and the threat model link each other, and only the policy has the form', async () => {
  const [policy, model] = [await read('SECURITY.md'), await read('docs/security.md')];
  expect(policy).toContain(`(${REPOSITORY}/security/advisories/new)`);
  expect(policy).toContain('(docs/security.md)');
  expect(model).toContain('(../SECURITY.md)');
  expect(model).not.toContain(REPOSITORY);
});

describe('what a template names is there', async () => {
  const files: string[] = [];
  for await (const file of glob('.github/**/*.{md,yml}', { cwd: ROOT })) {
    files.push(file);
  }

  test('in more than one file', () => {
    expect(files).toContain('.github/PULL_REQUEST_TEMPLATE.md');
  });

  test.each(files)('%s', async (file) => {
    const text = await read(file);
    const links = text.matchAll(new RegExp(`${REPOSITORY}/(?:blob|tree)/main/([\\w./-]+)`, 'g'));
    for (const [, path = ''] of links) {
      await access(join(ROOT, path));
    }
    for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g)) {
      expect(packageJson.scripts).toHaveProperty([script]);
    }
  });
});
