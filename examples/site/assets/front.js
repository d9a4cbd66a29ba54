// The front page: what this visit measured, and a chart from a JSON file of the host's.

(() => {
  const show = (id, value, note) => {
    document.getElementById(id).firstChild.textContent = value;
    if (note) document.querySelector(`#${id} small`).textContent = note;
  };

  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

  // How big this page is, as it came.
  addEventListener('load', () => {
    const [visit] = performance.getEntriesByType('navigation');
    const size = visit?.decodedBodySize || new TextEncoder().encode(document.documentElement.outerHTML).length;
    show('fact-page', kilobytes(size), 'of hand-written HTML. No tracker, no framework, nothing from elsewhere.');
  });

  // How long the host takes to answer: the best of a few tries, none of them from a cache.
  async function measure() {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      const answer = await fetch('data/hello.json', { cache: 'no-store' });
      await answer.json();
      if (!answer.ok) throw new Error(String(answer.status));
      best = Math.min(best, performance.now() - start);
    }
    show('fact-time', best < 10 ? `${best.toFixed(1)} ms` : `${Math.round(best)} ms`, 'to ask that computer for a small file and have it. Best of five.');
  }

  async function changed() {
    const answer = await fetch('index.html', { method: 'HEAD', cache: 'no-store' });
    const when = new Date(answer.headers.get('last-modified') ?? '');
    if (Number.isNaN(when.getTime())) return;
    show('fact-saved', when.toLocaleDateString(undefined, { day: 'numeric', month: 'long' }), `at ${when.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}, when this file was last saved on its disk.`);
  }

  async function chart() {
    const { place, unit, hours } = await (await fetch('data/tide.json')).json();
    const [width, height, low, high] = [560, 200, Math.min(...hours) - 0.3, Math.max(...hours) + 0.3];
    const x = (hour) => (hour / 24) * width;
    const y = (level) => height - ((level - low) / (high - low)) * height;
    const line = hours.map((level, hour) => `${x(hour).toFixed(1)},${y(level).toFixed(1)}`);
    const grid = [0, 6, 12, 18, 24].map((hour) => `<path class="grid" d="M${x(hour)} 0V${height}"/><text x="${x(hour)}" y="${height + 20}" text-anchor="${hour === 0 ? 'start' : hour === 24 ? 'end' : 'middle'}">${String(hour).padStart(2, '0')}:00</text>`);
    const now = new Date();
    const hour = now.getHours() + now.getMinutes() / 60;
    const [before, after] = [hours[Math.floor(hour)], hours[Math.floor(hour) + 1]];
    const level = before + (after - before) * (hour % 1);
    document.getElementById('tide').innerHTML = `<svg viewBox="0 -8 ${width} ${height + 34}" role="img" aria-label="Tide over a day">${grid.join('')}<path class="area" d="M0 ${height}L${line.join('L')}L${width} ${height}Z"/><path class="line" d="M${line.join('L')}"/><circle class="now" cx="${x(hour)}" cy="${y(level)}" r="6"/></svg>`;
    document.getElementById('tide-place').textContent = place;
    document.getElementById('tide-now').textContent = `${level.toFixed(1)} ${unit} now, ${after > before ? 'rising' : 'falling'}`;
  }

  const failed = (id) => () => show(id, 'No answer', 'The computer did not answer this time.');
  measure().catch(failed('fact-time'));
  changed().catch(failed('fact-saved'));
  chart().catch(() => {
    document.getElementById('tide').textContent = 'The tide table did not arrive.';
  });
})();
