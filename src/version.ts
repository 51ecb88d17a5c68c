/**
 * The version of this package, which is also the tag of the image built with it. A constant, since a
 * construct reads no file; a test compares it with package.json.
 */
export const VERSION = '0.1.0';
