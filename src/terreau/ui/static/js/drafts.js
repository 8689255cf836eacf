// SPDX-License-Identifier: AGPL-3.0-or-later
// What was written without connection, kept on this device until it is sent (IndexedDB).
// A draft: {id: the form's key, user, page, action, fields: [[name, text or file]…], state}.

const NAME = "terreau";
const STORE = "drafts";

function open() {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open(NAME, 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(STORE, { keyPath: "id" });
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
}

async function run(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asking = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asking.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (draft) => run("readwrite", (store) => store.put(draft));
export const drop = (id) => run("readwrite", (store) => store.delete(id));

export async function mine(user) {
  const all = await run("readonly", (store) => store.getAll());
  return all.filter((draft) => draft.user === user);
}

// What others wrote on the same device stays theirs.
export async function dropMine(user) {
  for (const draft of await mine(user)) await drop(draft.id);
}
