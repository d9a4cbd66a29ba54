// The gallery's viewer: the address names the picture, so that a picture can be linked to and Back closes it.

(() => {
  const links = [...document.querySelectorAll('.gallery a')];
  const viewer = document.querySelector('dialog.viewer');
  const [image, title] = [viewer.querySelector('img'), viewer.querySelector('p')];
  const current = () => links.findIndex((link) => link.id && `#${link.id}` === location.hash);

  function follow() {
    const link = links[current()];
    if (!link) return viewer.close();
    image.src = link.href;
    image.alt = link.querySelector('img').alt;
    title.textContent = link.querySelector('span').firstChild.textContent;
    if (!viewer.open) viewer.showModal();
  }
  // The first picture is a step of the history; turning to the next is not.
  const turn = (by) => {
    history.replaceState(null, '', `#${links.at((current() + by) % links.length).id}`);
    follow();
  };
  const leave = () => {
    if (current() >= 0) history.replaceState(null, '', location.pathname + location.search);
    viewer.close();
  };

  for (const link of links) {
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.pushState(null, '', `#${link.id}`);
      follow();
    });
  }
  viewer.querySelector('[data-turn="-1"]').addEventListener('click', () => turn(-1));
  viewer.querySelector('[data-turn="1"]').addEventListener('click', () => turn(1));
  viewer.querySelector('[data-close]').addEventListener('click', leave);
  viewer.addEventListener('cancel', leave);
  viewer.addEventListener('click', (event) => event.target === viewer && leave());
  viewer.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft') turn(-1);
    if (event.key === 'ArrowRight') turn(1);
  });
  addEventListener('popstate', follow);
  addEventListener('hashchange', follow);
  follow();
})();
