import { toNodeListener } from "../../../src/adapters/node.ts";
import type { ServeAdapter } from "../../../src/testing.ts";
import { listening } from "./listening.ts";
import { mapHandler } from "./response-maps.ts";

export const serveNode: ServeAdapter = (application) =>
  listening(toNodeListener(mapHandler(application), { onError: () => undefined }));
