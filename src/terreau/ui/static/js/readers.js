// SPDX-License-Identifier: AGPL-3.0-or-later
// « Enregistrer : 9 personnes de 7 organisations le liront » follows the level that is chosen.

export function keepReadersTrue(root) {
  root.addEventListener("change", (event) => {
    if (event.target.name !== "level") return;
    const button = event.target.form?.querySelector("[data-terreau-readers]");
    if (button) refresh(button, event.target.value);
  });
}

async function refresh(button, level) {
  const text = button.querySelector("[data-terreau-readers-text]");
  const address = new URL(button.dataset.terreauReaders, location.href);
  address.searchParams.set("level", level);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/plain" } });
    // Rather no count than a wrong one.
    text.textContent = answer.ok ? ` : ${await answer.text()}` : "";
  } catch {
    text.textContent = "";
  }
}
