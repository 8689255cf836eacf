// SPDX-License-Identifier: AGPL-3.0-or-later
// One line at the top of the page, read out by screen readers.

export function announce(words, { address, label = "ouvrir la page", action } = {}) {
  let banner = document.querySelector(".offline");
  if (!banner) {
    banner = document.createElement("div");
    banner.className = "offline";
    banner.setAttribute("role", "status");
    document.querySelector(".skip")?.after(banner);
  }
  const line = document.createElement("p");
  line.append(words);
  if (address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = label;
    line.append(" ", link);
  }
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = action.label;
    button.addEventListener("click", action.run);
    line.append(" ", button);
  }
  banner.replaceChildren(line);
}
