// SPDX-License-Identifier: AGPL-3.0-or-later
// « Enregistrer : 9 personnes de 7 organisations le liront » follows the level, the receiver and the
// third that are chosen.

const SAID = ["level", "receiver", "third"];

export function keepReadersTrue(root) {
  root.addEventListener("change", (event) => {
    if (!SAID.includes(event.target.name)) return;
    const button = event.target.form?.querySelector("[data-terreau-readers]");
    if (button) refresh(button, new FormData(event.target.form));
  });
}

async function refresh(button, chosen) {
  const text = button.querySelector("[data-terreau-readers-text]");
  const address = new URL(button.dataset.terreauReaders, location.href);
  for (const name of SAID) {
    if (chosen.get(name)) address.searchParams.set(name, chosen.get(name));
  }
  try {
    const answer = await fetch(address, { headers: { Accept: "text/plain" } });
    // Rather no count than a wrong one.
    text.textContent = answer.ok ? `\u00a0: ${await answer.text()}` : "";
  } catch {
    text.textContent = "";
  }
}
