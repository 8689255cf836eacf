// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages that hold an offline form may be opened again without connection: their shell, and nothing
// else, is kept by a small service worker, and forgotten when one signs out.
import { announce } from "./banner.js";
import { dropMine, mine } from "./drafts.js";

const LEFT =
  "Ce que vous avez écrit sans connexion n'est pas encore parti : en vous déconnectant, vous " +
  "l'effacez de cet appareil.";

export async function keepFormShell() {
  if (!("serviceWorker" in navigator)) return;
  const { terreauWorker, terreauUser } = document.body.dataset;
  if (!terreauUser || document.querySelector("[data-terreau-forget]")) {
    await navigator.serviceWorker.getRegistration()?.then((found) => found?.active?.postMessage({ forget: true }));
    if (terreauUser) await forgetDrafts(terreauUser);
    return;
  }
  if (!terreauWorker || !document.querySelector("form[data-terreau-offline]")) return;
  if (document.body.hasAttribute("data-terreau-kept")) return;
  await navigator.serviceWorker.register(terreauWorker);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ keep: location.href });
  keepFilesAsTheyCome(active);
}

// A file is listed once it is there: a letter or a picture may be later than this script.
function keepFilesAsTheyCome(worker) {
  const watch = new PerformanceObserver((list) => {
    const files = list
      .getEntries()
      .map((entry) => entry.name)
      .filter((name) => name.startsWith(location.origin) && name.includes("/statique/"));
    if (files.length) worker.postMessage({ files });
  });
  watch.observe({ type: "resource", buffered: true });
}

async function forgetDrafts(user) {
  const form = document.querySelector("[data-terreau-forget]");
  form.addEventListener("submit", () => dropMine(user));
  if ((await mine(user)).length) announce(LEFT);
}
