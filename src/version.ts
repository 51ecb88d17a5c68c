/**
 * The version of this package, which is also the tag of the image built with it. It is a constant because constructs
 * read no files. A test compares it with package.json.
 */
export const VERSION = '0.1.0';
