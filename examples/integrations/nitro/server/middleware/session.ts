import { session, type SessionDraft } from "ringlet/h3";

interface App {
  user?: string;
  visits?: number;
}

declare module "nitro/h3" {
  interface H3EventContext extends SessionDraft<App, string> {}
}

export default session<App>();
