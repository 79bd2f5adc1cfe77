import { type NextRequest, NextResponse } from "next/server";
import { sessions } from "./lib/sessions";

export const config = { matcher: "/account" };

export async function proxy(request: NextRequest): Promise<NextResponse | undefined> {
  const { user } = await sessions.read(request);
  return user === undefined ? NextResponse.redirect(new URL("/", request.url)) : undefined;
}
