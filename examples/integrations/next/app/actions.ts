"use server";

import { redirect } from "next/navigation";
import { openSession, saveSession } from "../lib/sessions";

export async function login(form: FormData): Promise<void> {
  const opened = await openSession();
  opened.draft.session.user = String(form.get("user")); // when the password is right
  opened.draft.sessionRecreate = true;
  opened.draft.flash = "Welcome";
  await saveSession(opened);
  redirect("/");
}

export async function logout(): Promise<void> {
  const opened = await openSession();
  opened.draft.session = null;
  opened.draft.flash = "Goodbye";
  await saveSession(opened);
  redirect("/");
}
