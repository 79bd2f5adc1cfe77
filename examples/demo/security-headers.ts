import type { Handler } from "ringlet";

const securityHeaders = {
  "content-security-policy": [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Middleware that forbids scripts, frames and anything from elsewhere. */
export function wrapSecurityHeaders(handler: Handler): Handler {
  return async (request) => {
    const response = await handler(request);
    return response && { ...response, headers: { ...response.headers, ...securityHeaders } };
  };
}
