/** Keeps secrets out of what people see: the last guard, behind code that does not show them in the first place. */
export interface Redactor {
  /** Hides a secret from now on, unless it has less than eight characters: that would hide ordinary words as well. */
  addSecret(secret: string): void;
  /** The text without the secrets that were added, and without anything that looks like a JSON web token. */
  redact(text: string): string;
}

/** Years of tokens must not fill the memory; those of long ago have ended. */
const MAX_KNOWN = 100;

export function createRedactor(): Redactor {
  /** The secrets, the latest last, each with the forms in which it may appear. */
  const known = new Map<string, readonly string[]>();
  let longestFirst: readonly string[] = [];
  return {
    addSecret: (secret) => {
      if (secret.length < 8) {
        return;
      }
      const isNew = !known.delete(secret);
      known.set(secret, formsOf(secret));
      if (!isNew) {
        return;
      }
      const [oldest] = known.keys();
      if (known.size > MAX_KNOWN && oldest !== undefined) {
        known.delete(oldest);
      }
      longestFirst = [...known.values()].flat().sort((a, b) => b.length - a.length);
    },
    redact: (text) => {
      let redacted = text;
      for (const form of longestFirst) {
        redacted = redacted.replaceAll(form, '(redacted)');
      }
      return redacted.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '(redacted)');
    },
  };
}

/** As it is, as a string within JSON, and within something in base64, the data of a Secret say. */
function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...[0, 1, 2].map((before) => base64Form(secret, before)),
  ];
}

/** What base64 makes of a secret behind so many other bytes, without the groups that show other bytes too. */
function base64Form(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret, 'utf8')]);
  const whole = bytes.length - (bytes.length % 3);
  return bytes.subarray(before === 0 ? 0 : 3, whole).toString('base64');
}
