// @peculiar/x509 injects its algorithm providers through tsyringe, which insists on the Reflect metadata
// proposal although these classes take no injected arguments: there is no metadata to be found, and
// saying so is enough. Import this before @peculiar/x509.
const noMetadata = { getMetadata: () => undefined, getOwnMetadata: () => undefined };
if (!('getMetadata' in Reflect)) Object.assign(Reflect, noMetadata);
