/**
 * How the init program writes its log and its result.
 */
export class LogFormat {
  /**
   * Lines for people.
   */
  public static text(): LogFormat {
    return new LogFormat('text');
  }

  /**
   * One JSON object per line, for programs that collect logs.
   */
  public static json(): LogFormat {
    return new LogFormat('json');
  }

  /**
   * The kind of format: "text" or "json".
   */
  public readonly kind: string;

  private constructor(kind: string) {
    this.kind = kind;
  }
}
