/** The PATH of the components. They call commands of the system: mount, nft, runc. */
export const NODE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
