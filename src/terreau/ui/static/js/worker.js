// SPDX-License-Identifier: AGPL-3.0-or-later
// Keeps the shell of a form page, so that it opens without connection. The network always comes
// first; nothing but what a page asked to keep is ever answered from here.

const SHELL = "terreau-shell";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep, files, forget } = event.data ?? {};
  if (forget) event.waitUntil(caches.delete(SHELL));
  if (keep) event.waitUntil(keepPage(keep));
  if (files) event.waitUntil(keepFiles(files));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isFile = new URL(request.url).pathname.startsWith("/statique/");
  if (request.method !== "GET" || !(request.mode === "navigate" || isFile)) return;
  event.respondWith(fetch(request).catch(() => fromShell(request)));
});

async function keepPage(address) {
  const shell = await caches.open(SHELL);
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) return;
  // The mark tells the page that its key may have served already.
  const text = (await answer.text()).replace("<body", "<body data-terreau-kept");
  const headers = {};
  for (const name of ["Content-Type", "Content-Security-Policy"]) {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  }
  await shell.put(address, new Response(text, { headers }));
}

async function keepFiles(files) {
  const shell = await caches.open(SHELL);
  await Promise.allSettled(files.map((file) => shell.add(file)));
}

async function fromShell(request) {
  const shell = await caches.open(SHELL);
  return (await shell.match(request, { ignoreVary: true })) ?? Response.error();
}
