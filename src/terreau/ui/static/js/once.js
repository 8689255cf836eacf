// SPDX-License-Identifier: AGPL-3.0-or-later
// A form is sent once: its buttons rest until the page comes back. The server refuses doubles
// anyway (keys); this only spares the reader a wait and a doubt.

const busy = new WeakSet();

export function sendOnce(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (busy.has(form)) {
      event.preventDefault();
      return;
    }
    busy.add(form);
    // After this turn, so that the name and value of the button pressed are sent.
    setTimeout(() => rest(form, true), 0);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) release(form);
  });
}

export function release(form) {
  busy.delete(form);
  rest(form, false);
}

function rest(form, resting) {
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
    button.disabled = resting;
  }
}
