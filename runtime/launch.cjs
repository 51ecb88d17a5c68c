const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** Runs a program as build.ts bundled it for Node. */
module.exports = (name) => {
  const program = join(__dirname, `build/node/${name}.cjs`);
  if (existsSync(program)) {
    require(program);
  } else {
    process.stderr.write(`${name}: not built yet. Run \`npm run build\` in the repository first.\n`);
    process.exitCode = 2;
  }
};
