// SPDX-License-Identifier: Apache-2.0
// What tests of any browser run in a page of the example site. Each function is sent as its text, so that it uses nothing of this file.

/** Loads every picture of the page. @returns how many there are, and the addresses of those that did not come */
export async function loadPictures(): Promise<{ pictures: number; broken: string[] }> {
  const all = [...document.images];
  for (const picture of all) picture.loading = 'eager';
  await Promise.allSettled(all.map((picture) => picture.decode()));
  return { pictures: all.length, broken: all.filter(({ naturalWidth }) => naturalWidth === 0).map(({ src }) => src) };
}

/** Seeks the page's film to its middle. @returns how far its place is from there then, in seconds */
export async function seekMiddle(): Promise<number> {
  const video = document.querySelector('video') as HTMLVideoElement;
  video.muted = true;
  if (video.readyState < 1) await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }));
  const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  video.currentTime = video.duration / 2;
  await sought;
  return Math.abs(video.currentTime - video.duration / 2);
}
