const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** Runs a program from the bundle that build.ts made for Node. */
module.exports = (name) => {
  const program = join(__dirname, `build/node/${name}.cjs`);
  if (existsSync(program)) {
    require(program);
  } else {
    process.stderr.write(`${name} is not built: run \`npm run build\` in the repository first.\n`);
    process.exitCode = 2;
  }
};
