import { ApiError } from '../../runtime/kube/errors.ts';

/** An answer of the API server, with no more than its code and what it says. */
export function apiError(code: number, message = '', retryAfterMs = 0): ApiError {
  const request = { name: 'GET /a', action: undefined };
  return new ApiError(request, code, { reason: undefined, message, details: undefined }, retryAfterMs);
}
