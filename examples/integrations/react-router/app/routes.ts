import { index, type RouteConfig, route } from "@react-router/dev/routes";

export default [
  index("routes/home.tsx"),
  route("visit", "routes/visit.ts"),
  route("fail", "routes/fail.ts"),
] satisfies RouteConfig;
