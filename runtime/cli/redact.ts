/** Keeps secrets out of what people see: the last guard, behind code that does not show them in the first place. */
export interface Redactor {
  /** Tells it a secret; shorter ones than eight characters would take ordinary words with them. */
  learn(secret: string): void;
  /** The text without the secrets learnt, and without anything that looks like a JSON web token. */
  redact(text: string): string;
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    learn: (secret) => {
      if (secret.length < 8) return;
      secrets.add(secret);
      // As a string within JSON.
      secrets.add(JSON.stringify(secret).slice(1, -1));
    },
    redact: (text) => {
      let redacted = text;
      for (const secret of secrets) redacted = redacted.replaceAll(secret, '(redacted)');
      return redacted.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '(redacted)');
    },
  };
}
