import { createContext } from "react-router";
import { session, type SessionDraft } from "ringlet/fetch";

interface App {
  user?: string;
  visits?: number;
}

export const sessions = session<App, string>();
export const draftContext = createContext<SessionDraft<App, string>>();
