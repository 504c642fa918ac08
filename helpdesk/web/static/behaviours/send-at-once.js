// Sends a form as soon as its page stands there, once. Without this script one presses the button.
for (const form of document.querySelectorAll('[data-behaviour~="send-at-once"]')) form.requestSubmit();
