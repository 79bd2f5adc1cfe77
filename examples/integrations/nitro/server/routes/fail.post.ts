import { defineHandler } from "nitro";

/** For the tests alone: what fails saves nothing. */
export default defineHandler(({ context }) => {
  context.session.user = "Eve";
  throw new Error("on purpose");
});
