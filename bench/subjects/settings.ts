/** The settings of every library: one cookie, a day long, signed or sealed with one secret. */

export const COOKIE = "sid";
export const DAY = 86_400;
export const SECRET = "a secret of more than thirty-two characters, for the bench";

/** The options of the cookie for express-session, cookie-session and their like, in milliseconds. */
export const cookieInMilliseconds = { httpOnly: true, sameSite: "lax", maxAge: 86_400_000, secure: false } as const;

/** The options of the cookie for the cookie package, in seconds. */
export const cookieInSeconds = { httpOnly: true, sameSite: "lax", maxAge: 86_400, path: "/", secure: false } as const;
