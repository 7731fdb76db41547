/** Notes how long a switch took, from the choice (`started`) to the frame in which it is seen. */
export function noteSwitchTime(started) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => (window.__lastSwitchMs = performance.now() - started);
    channel.port2.postMessage(null);
  });
}
