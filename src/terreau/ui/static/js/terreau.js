// SPDX-License-Identifier: AGPL-3.0-or-later
// One module per behaviour, each bound by its data-terreau-* attribute.
import { keepFormShell } from "./kept.js";
import { closeMenus } from "./menus.js";
import { surviveOffline } from "./offline.js";
import { sendOnce } from "./once.js";
import { keepReadersTrue } from "./readers.js";
import { followKinds } from "./units.js";

closeMenus(document);
keepReadersTrue(document);
followKinds(document);
sendOnce(document);
surviveOffline();
keepFormShell().catch(() => {}); // a browser that keeps nothing loses nothing else
