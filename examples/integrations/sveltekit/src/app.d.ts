import type { SessionDraft } from "ringlet/fetch";

declare global {
  namespace App {
    interface Session {
      user?: string;
      visits?: number;
    }
    interface Locals {
      draft: SessionDraft<Session, string>;
    }
  }
}
