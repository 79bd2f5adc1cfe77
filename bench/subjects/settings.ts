/** What every library is told: one cookie, a day long, signed or sealed with one secret. */

export const COOKIE = "sid";
export const DAY = 86_400;
export const SECRET = "a secret of more than thirty-two characters, for the bench";

/** In the words of express-session, cookie-session and their like: milliseconds. */
export const cookieInMilliseconds = { httpOnly: true, sameSite: "lax", maxAge: 86_400_000, secure: false } as const;

/** In the words of the cookie package: seconds. */
export const cookieInSeconds = { httpOnly: true, sameSite: "lax", maxAge: 86_400, path: "/", secure: false } as const;
