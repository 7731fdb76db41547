// The service worker: the shell from the cache, and nothing else. Data never passes through here.
// A new version waits until the app says so, which it does only when no form is open.
import { createHandlerBoundToURL, precacheAndRoute, cleanupOutdatedCaches } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("/tablet/"), { allowlist: [/^\/tablet\/(\?.*)?$/] }));

// The page that installed the first worker is taken over at once: else it would be nobody's, and the next version
// would not wait for it.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
