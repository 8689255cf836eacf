// SPDX-License-Identifier: AGPL-3.0-or-later
// The unit follows what is promised: money is counted in euros, time in hours to begin with. Units
// of other kinds step aside; one that fits, already chosen, stays.

export function followKinds(root) {
  for (const select of root.querySelectorAll("select[data-terreau-unit-of]")) {
    const kinds = JSON.parse(select.dataset.terreauUnits);
    const kind = () => select.form.elements[select.dataset.terreauUnitOf]?.value;
    const settle = () => offer(select, kinds[kind()]);
    select.form.addEventListener("change", (event) => {
      if (event.target.name === select.dataset.terreauUnitOf) settle();
    });
    settle();
  }
}

function offer(select, codes) {
  if (!codes) return;
  for (const option of select.options) {
    option.hidden = option.disabled = option.value !== "" && !codes.includes(option.value);
  }
  if (!codes.includes(select.value)) select.value = codes[0];
}
