// SPDX-License-Identifier: AGPL-3.0-or-later
// Copy the files that pages need, as they are, from the locked packages into a folder git ignores.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vendor = join(root, "src/terreau/ui/static/vendor");
const fonts = "@fontsource-variable";
const files = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "htmx-LICENSE": "htmx.org/LICENSE",
  "fonts/fraunces-LICENSE": `${fonts}/fraunces/LICENSE`,
  "fonts/atkinson-LICENSE": `${fonts}/atkinson-hyperlegible-next/LICENSE`,
};
for (const [name, styles] of [
  ["fraunces", ["normal"]],
  ["atkinson-hyperlegible-next", ["normal", "italic"]],
]) {
  for (const style of styles) {
    for (const subset of ["latin", "latin-ext"]) {
      const file = `${name}-${subset}-wght-${style}.woff2`;
      files[`fonts/${file}`] = `${fonts}/${name}/files/${file}`;
    }
  }
}

rmSync(vendor, { recursive: true, force: true });
for (const [target, source] of Object.entries(files)) {
  mkdirSync(dirname(join(vendor, target)), { recursive: true });
  cpSync(join(root, "node_modules", source), join(vendor, target));
}
