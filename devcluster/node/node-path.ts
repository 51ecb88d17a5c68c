/** Where components find the commands of the system that they call: mount, nft, runc. */
export const NODE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
