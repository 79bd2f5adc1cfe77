/** Express 4 under its alias, which has no types of its own; those of Express 5 cover what the tests use. */
declare module "express4" {
  import express from "express";
  export default express;
}
