/** A document of other sites, with comments and a style of its own, all of it to be kept. */
export const OTHERS = `# ours to keep
clusters:
- name: edge
  cluster: {server: "https://edge:6443"} # by the sea
contexts:
- {name: edge, context: {cluster: edge, user: edge}}
users:
- name: edge
  user: {token: theirs}
current-context: edge
`;
