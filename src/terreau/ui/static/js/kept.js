// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages that hold an offline form may be opened again without connection: their shell, and nothing
// else, is kept by a small service worker, and forgotten when one signs out.
import { dropAll } from "./drafts.js";

export async function keepFormShell() {
  if (!("serviceWorker" in navigator)) return;
  const { terreauWorker, terreauUser } = document.body.dataset;
  if (!terreauUser || document.querySelector("[data-terreau-forget]")) {
    await navigator.serviceWorker.getRegistration()?.then((found) => found?.active?.postMessage({ forget: true }));
    document.querySelector("[data-terreau-forget]")?.addEventListener("submit", () => dropAll());
    return;
  }
  if (!terreauWorker || !document.querySelector("form[data-terreau-offline]")) return;
  if (document.body.hasAttribute("data-terreau-kept")) return;
  await navigator.serviceWorker.register(terreauWorker);
  const { active } = await navigator.serviceWorker.ready;
  const files = performance
    .getEntriesByType("resource")
    .map((entry) => entry.name)
    .filter((name) => name.startsWith(location.origin) && name.includes("/statique/"));
  active.postMessage({ keep: location.href, files });
}
