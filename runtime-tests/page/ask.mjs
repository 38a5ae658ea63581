/** Running a function in a worker, or in the window of an iframe, and getting its result. */

/**
 * Returns `ask(run)`, which has `run` called on the other side and resolves with its result. `post(message, transfer)` sends a message there.
 * The function goes as text, so it can use only globals of the other side.
 */
export const askThrough = (post) => (run) =>
  new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data: { value, error } }) => {
      port1.close();
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    };
    post({ ask: String(run) }, [port2]);
  });

/** On the other side: answers each `ask`. */
export function answerAsks() {
  addEventListener('message', async ({ data: { ask }, ports: [port] }) => {
    if (ask === undefined) return;
    try {
      port.postMessage({ value: await new Function(`return (${ask})()`)() });
    } catch (error) {
      port.postMessage({ error: String(error.stack ?? error) });
    }
  });
}
