/** Answers the three routes of the Luminus page as written there: its `/logout` does not mention the session. */
export function luminusAnswer(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const session = (request["session"] ?? {}) as Readonly<Record<string, unknown>>;
  const uri = String(request["uri"]);
  if (uri.startsWith("/login/")) {
    const user = uri.slice("/login/".length);
    return { ...text(`User set to: ${user}`), session: { ...session, user } };
  }
  if (uri === "/remove") {
    const { user: _, ...rest } = session;
    return { ...text("User removed"), session: rest };
  }
  return text(uri === "/logout" ? "Session cleared" : "other");
}

function text(body: string): Record<string, unknown> {
  return { status: 200, headers: { "content-type": "text/plain" }, body };
}
