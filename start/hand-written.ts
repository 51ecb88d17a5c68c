/** A site that somebody entered by hand, in a form of their own. Nobody answers at `.example` (RFC 2606), and none is asked. */
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
