// SPDX-License-Identifier: AGPL-3.0-or-later
// Forms marked data-terreau-offline survive a lost connection: what was written stays on the
// device and leaves once, when the connection returns. The form's key makes a second sending
// harmless; the CSRF token is asked for again just before.
import { drop, keep, mine } from "./drafts.js";
import { announce } from "./banner.js";
import { release } from "./once.js";

const MARK = "form[data-terreau-offline]";
const SIGNED_OUT = Symbol("signed out");
const SOMEBODY_ELSE = Symbol("somebody else");
const PATIENCE = 10_000; // milliseconds: a phone that says it is online may wait for ever
const KEPT =
  "Pas de connexion : ce que vous avez écrit est gardé sur cet appareil. Il partira tout seul " +
  "quand la connexion reviendra, même si vous fermez cette page.";
const SENT = "Ce que vous aviez écrit sans connexion est enregistré.";
const SIGN_IN =
  "Votre connexion a expiré. Ce que vous avez écrit est gardé sur cet appareil et partira dès que " +
  "vous serez de nouveau là.";
const OTHER =
  "Quelqu'un d'autre s'est connecté sur cet appareil. Ce que vous avez écrit y est gardé : il " +
  "partira quand vous vous reconnecterez.";
const NOT_KEPT =
  "Pas de connexion, et ce navigateur ne peut rien garder : laissez cette page ouverte et envoyez " +
  "de nouveau quand la connexion reviendra.";
const REVIEW = "Ce que vous aviez écrit sans connexion attend une précision :";

const user = () => document.body.dataset.terreauUser ?? "";
const here = () => location.pathname + location.search;
const tokenAddress = () => document.body.dataset.terreauToken;
const signIn = () => document.body.dataset.terreauSignIn;
const askToSignIn = () => announce(SIGN_IN, { address: signIn(), label: "Se connecter" });

export function surviveOffline() {
  if (!user() || !tokenAddress() || !("indexedDB" in window)) return;
  for (const form of document.querySelectorAll(MARK)) prepare(form);
  window.addEventListener("online", () => sendAll());
  // A phone may say « online » long before anything passes: ask again now and then.
  setInterval(() => sendAll(), 30_000);
  settleLeft().catch(unlessNothingIsKept).then(() => sendAll());
}

// A form that left, and that this page answers, is done. One that left and had no answer (the
// connection was lost meanwhile) is sent again with the same key: it counts once.
async function settleLeft() {
  for (const draft of (await mine(user())).filter((one) => one.state === "leaving")) {
    if (isAnswered(draft)) await drop(draft.id);
    else await keep({ ...draft, state: "waiting" });
  }
}

// The server says which form it answers, by its key: beside its sentence when it took the form,
// in the form itself when that has to be looked at again.
function isAnswered({ id }) {
  const taken = [...document.querySelectorAll("[data-terreau-answers]")];
  if (taken.some((sentence) => sentence.dataset.terreauAnswers === id)) return true;
  const refused = [...document.querySelectorAll(`${MARK}:has(.form-errors)`)];
  return refused.some((form) => form.elements.key.value === id);
}

// What cannot be read here was never kept here: the page works without it.
const unlessNothingIsKept = () => {};

function prepare(form) {
  if (document.body.hasAttribute("data-terreau-kept")) renewKey(form);
  showDraftToReview(form).catch(unlessNothingIsKept);
  form.addEventListener("submit", async (event) => {
    if (form.dataset.terreauLeaving) {
      delete form.dataset.terreauLeaving;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.terreauAsking) return;
    form.dataset.terreauAsking = "1";
    try {
      await leaveOrKeep(form, event.submitter);
    } catch {
      release(form);
      announce(NOT_KEPT);
    } finally {
      delete form.dataset.terreauAsking;
    }
  });
}

async function leaveOrKeep(form, submitter) {
  const answer = await token();
  if (answer === null) {
    await keepDraft(form, submitter);
    announce(KEPT);
  } else if (answer === SIGNED_OUT) {
    await keepDraft(form, submitter);
    askToSignIn();
  } else if (answer === SOMEBODY_ELSE) {
    await keepDraft(form, submitter);
    announce(OTHER);
  } else {
    if (form.dataset.terreauDraft) await drop(form.dataset.terreauDraft);
    // Kept until the next page comes; where nothing can be kept, it leaves all the same.
    await keep(draftOf(form, submitter, "leaving")).catch(unlessNothingIsKept);
    form.dataset.terreauLeaving = "1";
    form.requestSubmit(submitter);
  }
}

function draftOf(form, submitter, state) {
  const fields = [...new FormData(form, submitter)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const id = form.elements.key.value;
  const label = form.dataset.terreauOfflineLabel ?? "";
  return { id, user: user(), page: here(), action: form.action, fields, label, state };
}

async function keepDraft(form, submitter) {
  await keep(draftOf(form, submitter, "waiting"));
  form.reset();
  renewKey(form);
  release(form);
}

function renewKey(form) {
  form.elements.key.value = crypto.randomUUID();
}

// The token; or nothing when no answer came, or that the session is over, or another's by now.
async function token() {
  if (navigator.onLine === false) return null;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(tokenAddress(), { redirect: "manual", cache: "no-store", signal });
    if (answer.type === "opaqueredirect") return SIGNED_OUT;
    if (!answer.ok) return null;
    return answer.headers.get("X-Terreau-User") === user() ? await answer.text() : SOMEBODY_ELSE;
  } catch {
    return null;
  }
}

let sending = false;
let asked = false;

// Asked while it is sending, it looks once more: the connection may just have returned.
async function sendAll() {
  asked = true;
  if (sending) return;
  sending = true;
  try {
    while (asked) {
      asked = false;
      // One tab at a time: the others find nothing left to send.
      await navigator.locks.request("terreau-drafts", sendWaiting).catch(unlessNothingIsKept);
    }
  } finally {
    sending = false;
  }
}

async function sendWaiting() {
  const waiting = (await mine(user())).filter((draft) => draft.state === "waiting");
  if (!waiting.length) return;
  const fresh = await token();
  if (fresh === null) return announce(KEPT);
  if (fresh === SIGNED_OUT) return askToSignIn();
  if (fresh === SOMEBODY_ELSE) return announce(OTHER);
  for (const draft of waiting) await sendOne(draft, fresh);
}

async function sendOne(draft, fresh) {
  const body = new FormData();
  for (const [name, value] of draft.fields) body.append(name, value);
  body.append("csrfmiddlewaretoken", fresh);
  let answer;
  try {
    // To the end: the page that says « C'est noté » is read here, and says it nowhere else.
    answer = await fetch(draft.action, { method: "POST", body });
  } catch {
    return announce(KEPT);
  }
  if (answer.redirected && new URL(answer.url).pathname === signIn()) return askToSignIn();
  if (answer.redirected) {
    await drop(draft.id);
    return announce(draft.label ? `${SENT} (${draft.label})` : SENT);
  }
  if (answer.status >= 500) return announce(KEPT);
  await keep({ ...draft, state: "review" });
  announce(REVIEW, { address: draft.page });
}

// A draft that the server did not take as it was comes back into its form, until it is sent.
async function showDraftToReview(form) {
  const draft = (await mine(user())).find(
    (one) => one.state === "review" && one.page === here() && one.action === form.action,
  );
  if (!draft || form.querySelector(".form-errors")) return;
  for (const [name, value] of draft.fields) fill(form, name, value);
  form.dataset.terreauDraft = draft.id;
  announce("Voici ce que vous aviez écrit sans connexion : vérifiez, puis enregistrez.", {
    action: { label: "Effacer ce brouillon", run: () => erase(form, draft.id) },
  });
}

async function erase(form, id) {
  await drop(id);
  delete form.dataset.terreauDraft;
  form.reset();
  renewKey(form);
  announce("Ce brouillon est effacé.");
}

function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (!field || value instanceof File) return;
  if (field instanceof RadioNodeList) field.value = value;
  else if (field.type === "checkbox") field.checked = true;
  else field.value = value;
}
