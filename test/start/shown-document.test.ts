import { expect, test } from 'vitest';
import { shownDocument } from '../../start/shown-document.ts';

const CA = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t';

function documentOf(token: string, comment: string): string {
  return `# mine
clusters: [{ name: a, cluster: { server: "https://a.example", certificate-authority-data: ${CA} } }]
users:
  - name: a # the first
    user:
      token: ${token}
      # ${comment}
`;
}

test('shows comments, but no token, wherever it stands, and the beginning of a CA alone', () => {
  const shown = shownDocument(documentOf('some-secret-token', 'once more: some-secret-token'));
  expect(shown).not.toContain('secret');
  expect(shown).toContain('# mine');
  expect(shown).toContain('token: (redacted)\n      # once more: (redacted)');
  expect(shown).toContain('LS0tLS1CRUdJ… (36 characters)');
  expect(shown).not.toContain(CA);
});

test('refuses to show a token that is not written as one text', () => {
  expect(() => shownDocument(documentOf('"some-\\\n        secret"', 'no token'))).toThrow(
    'the token of user a cannot be hidden: the kubeconfig does not have it in one piece',
  );
});
