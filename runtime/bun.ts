import { createRequire } from 'node:module';

/** The Bun that npm installed for this machine (workspace `engines`). @throws Error with a hint if Bun is not installed */
export function bun(): string {
  const name = process.arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64-baseline';
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/bun`);
  } catch {
    throw new Error(
      `${name} is not installed: run \`npm ci\` on Linux (x64 or arm64), without --omit=optional`,
    );
  }
}
