// The measure: reads the large file for some seconds, throws the bytes away, and says how fast they came.

(() => {
  const SECONDS = 5;
  const [button, figure, note, bar] = ['measure', 'measured', 'measured-note', 'measured-bar'].map((id) => document.getElementById(id));

  button.addEventListener('click', async () => {
    button.disabled = true;
    note.textContent = `Reading for ${SECONDS} seconds at most.`;
    const stop = new AbortController();
    try {
      const answer = await fetch('files/large.bin', { cache: 'no-store', signal: stop.signal });
      if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
      const whole = Number(answer.headers.get('content-length'));
      const reader = answer.body.getReader();
      const start = performance.now();
      let [bytes, shown] = [0, 0];
      for (;;) {
        const { done, value } = await reader.read();
        const seconds = (performance.now() - start) / 1000;
        bytes += value?.length ?? 0;
        if (done || seconds > SECONDS || seconds - shown > 0.1) {
          shown = seconds;
          figure.textContent = `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`;
          bar.value = bytes / whole;
        }
        if (done || seconds > SECONDS) {
          note.textContent = `${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} seconds${done ? ', which is the whole file.' : '; the rest was called off.'}`;
          break;
        }
      }
    } catch (error) {
      note.textContent = `That did not work: ${error.message}.`;
    } finally {
      stop.abort();
      button.disabled = false;
    }
  });
})();
