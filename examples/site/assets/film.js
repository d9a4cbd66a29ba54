// The film's chapters: each button jumps to a moment, which asks the host for that part of the file and no other.

(() => {
  const film = document.querySelector('video');
  const buttons = [...document.querySelectorAll('[data-at]')];
  const place = document.getElementById('film-place');
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

  for (const button of buttons) {
    button.addEventListener('click', () => {
      film.currentTime = Number(button.dataset.at);
      film.play().catch(() => {});
    });
  }
  film.addEventListener('timeupdate', () => {
    const past = buttons.filter((button) => Number(button.dataset.at) <= film.currentTime + 0.05);
    for (const button of buttons) button.setAttribute('aria-pressed', String(button === past.at(-1)));
    place.textContent = `${clock(film.currentTime)} of ${clock(film.duration)}`;
  });
})();
