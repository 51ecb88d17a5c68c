/**
 * A site that somebody entered by hand, in another YAML style. No server has a name below `.example` (RFC 2606), and
 * nothing connects to it.
 */
export const HAND_WRITTEN = {
  context: 'harbour',
  document: `# The clusters of the port. Please ask Ines before you change one.
apiVersion: v1
kind: Config
clusters:
  - name: harbour      # the rack in warehouse 3
    cluster: { server: "https://harbour.example:6443" }
contexts:
  - { name: harbour, context: { cluster: harbour, user: ines } }
users:
  - name: ines
    user: { token: one-that-is-kept-by-hand }
current-context: harbour
`,
} as const;
