import { toNodeListener } from "../../../src/adapters/node/node.ts";
import type { ServeAdapter } from "../../../src/testing/testing.ts";
import { listening } from "./listening.ts";
import { mapHandler } from "./response-maps.ts";

export const serveNode: ServeAdapter = (application) =>
  listening(toNodeListener(mapHandler(application), { onError: () => undefined }));
