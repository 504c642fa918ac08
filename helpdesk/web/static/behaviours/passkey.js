// Lets the browser make a passkey or answer with one, puts the answer in the form and sends it.
// What the server asks stands in `data-options`; without this script, or in a browser without passkeys, the form says so.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withId = (one) => ({ ...one, id: bytes(one.id) });

function read(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = withId(options.user);
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (options[name]) publicKey[name] = options[name].map(withId);
  }
  return { publicKey };
}

function written(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

for (const form of document.querySelectorAll('[data-behaviour~="passkey"]')) {
  const state = form.querySelector("[data-passkey-state]");
  if (!window.PublicKeyCredential) {
    state.textContent = "Deze browser kent geen passkeys.";
    continue;
  }
  state.textContent = "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const options = read(JSON.parse(form.dataset.options));
    try {
      const credential = await navigator.credentials[form.dataset.passkey](options);
      form.querySelector('[name="credential"]').value = written(credential);
      form.submit();
    } catch (refused) {
      state.textContent =
        refused.name === "InvalidStateError"
          ? "Op dit toestel staat al een passkey voor je account."
          : "Er is geen passkey gebruikt. Probeer het opnieuw.";
    }
  });
}
