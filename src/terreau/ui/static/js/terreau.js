// SPDX-License-Identifier: AGPL-3.0-or-later
// One module per behaviour, each bound by its data-terreau-* attribute.
import { keepReadersTrue } from "./readers.js";
import { sendOnce } from "./once.js";

keepReadersTrue(document);
sendOnce(document);
