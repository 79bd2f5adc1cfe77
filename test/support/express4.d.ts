/** Express 4 under its alias, which has no types. Those of Express 5 fit the tests. */
declare module "express4" {
  import express from "express";
  export default express;
}
