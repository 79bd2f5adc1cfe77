import { defineHandler } from "nitro";

/** Only for the tests: a request that fails saves nothing. */
export default defineHandler(({ context }) => {
  context.session.user = "Eve";
  throw new Error("on purpose");
});
