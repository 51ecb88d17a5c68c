/** Hides secrets in everything that people see. It is the last guard: other code must not show secrets in the first place. */
export interface Redactor {
  /** Hides a secret from now on. A secret of less than eight characters is not hidden, because ordinary words would be hidden too. */
  addSecret(secret: string): void;
  /** The text without the secrets that were added, and without anything that looks like a JSON web token. */
  redact(text: string): string;
}

/** Old secrets are forgotten, so that a run of years does not fill the memory. Their tokens have expired. */
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
      // A program adds its token before each request.
      const forms = known.get(secret);
      known.delete(secret);
      known.set(secret, forms ?? formsOf(secret));
      if (forms) {
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

/** The secret itself, as a string in JSON, and as part of a base64 text, for example in the data of a Secret. */
function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...[0, 1, 2].map((before) => base64Form(secret, before)),
  ];
}

/** The base64 form of a secret that comes after the given number of bytes. Groups that also encode other bytes are left out. */
function base64Form(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret, 'utf8')]);
  const whole = bytes.length - (bytes.length % 3);
  return bytes.subarray(before === 0 ? 0 : 3, whole).toString('base64');
}
