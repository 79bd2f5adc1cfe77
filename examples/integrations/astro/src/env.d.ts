declare namespace App {
  interface Session {
    user?: string;
    visits?: number;
  }
  interface Locals {
    draft: import("ringlet/fetch").SessionDraft<Session, string>;
  }
}
