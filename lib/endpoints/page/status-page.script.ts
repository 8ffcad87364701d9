import { markup, type Markup } from './markup.js';

/**
 * The script of the page. It asks for the page again and again and changes what is there into what came, node by node,
 * so that focus, scroll position, selection and open details stay. What it shows is either known or marked as old.
 */
export const PAGE_SCRIPT: Markup = markup`
'use strict';
(() => {
  const PERIOD_MS = 5000;
  const PATIENCE_MS = 15000;
  // One period and one patience: anything older has been missed, whatever the reason.
  const OLD_MS = PERIOD_MS + PATIENCE_MS;

  const root = document.documentElement;
  const report = document.getElementById('report');
  const button = document.getElementById('pause');
  const icon = document.querySelector('link[rel=icon]');
  const now = { title: document.title, icon: icon.href, status: root.dataset.status };
  let paused = false;
  let asking = false;
  let trouble = '';
  let knownAtMs = Date.now();
  let timer = 0;

  const say = (id, text) => {
    const element = document.getElementById(id);
    if (element.textContent !== text) element.textContent = text;
  };

  const show = () => {
    const at = report.dataset.at;
    const old = trouble !== '' || Date.now() - knownAtMs > OLD_MS;
    root.toggleAttribute('data-old', old);
    const title = old ? 'Not known – health' : now.title;
    if (document.title !== title) document.title = title;
    const href = old ? icon.dataset.unknown : now.icon;
    if (icon.href !== href) icon.href = href;
    say('trouble', trouble && trouble + ' since ' + at + '. What is shown here is from then.');
    const pace = old ? 'Asking again; this is from ' + at : 'Refreshes every 5 s';
    say('refreshing', paused ? 'Paused; this is from ' + at : pace);
    say('pause', paused ? 'Resume' : 'Pause');
  };

  // A node is the same as before if it has the same key; among several of one key the order decides.
  const keyOf = (node) =>
    node.nodeType === 1 ? node.id || node.nodeName + ' ' + (node.getAttribute('class') || '') : node.nodeName;

  const morphAttributes = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      // Whether details are open is the reader's own business.
      if (name !== 'open' && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };

  const morphChildren = (old, fresh) => {
    const keys = new Set([...fresh.childNodes].map(keyOf));
    for (const child of [...old.childNodes]) if (!keys.has(keyOf(child))) child.remove();
    let at = old.firstChild;
    for (const next of fresh.childNodes) {
      let same = at;
      while (same !== null && keyOf(same) !== keyOf(next)) same = same.nextSibling;
      if (same === null) {
        old.insertBefore(document.importNode(next, true), at);
        continue;
      }
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      morph(same, next);
    }
    while (at !== null) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  };

  const morph = (old, fresh) => {
    if (old.nodeType === 1) {
      morphAttributes(old, fresh);
      morphChildren(old, fresh);
    } else if (old.data !== fresh.data) old.data = fresh.data;
  };

  const take = (page) => {
    const fresh = page.getElementById('report');
    // None of these is ever part of a report.
    for (const stranger of fresh.querySelectorAll('script, style, link, meta, base, iframe, object, embed, form')) {
      stranger.remove();
    }
    const focused = document.activeElement;
    morph(report, fresh);
    if (focused !== null && !focused.isConnected) document.getElementById('state').focus({ preventScroll: true });
    const status = page.documentElement.dataset.status;
    if (status !== now.status || trouble !== '') {
      say('news', report.dataset.at + ': health is now ' + status);
    }
    const freshIcon = page.querySelector('link[rel=icon]').href;
    Object.assign(now, { title: page.title, icon: freshIcon, status });
    root.dataset.status = status;
    knownAtMs = Date.now();
  };

  // What is wrong with the answer; nothing if all is well.
  const problemOf = async (signal) => {
    const response = await fetch(location.origin + location.pathname + location.search, {
      headers: { Accept: 'text/html' },
      cache: 'no-store',
      redirect: 'manual',
      signal,
    });
    const text = await response.text();
    if (paused) return trouble;
    const page = new DOMParser().parseFromString(text, 'text/html');
    const edition = page.documentElement.dataset.edition;
    if (edition === undefined || page.getElementById('report') === null) {
      return 'The server has answered with something else than this page' + (response.status ? ' (' + response.status + ')' : '');
    }
    if (edition !== root.dataset.edition) location.reload();
    else take(page);
    return '';
  };

  const ask = async () => {
    clearTimeout(timer);
    if (asking || paused || document.hidden) return;
    asking = true;
    const patience = new AbortController();
    const alarm = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      trouble = await problemOf(patience.signal);
    } catch {
      if (!paused) trouble = 'The server has not answered';
    }
    clearTimeout(alarm);
    asking = false;
    timer = setTimeout(ask, PERIOD_MS);
    show();
  };

  button.addEventListener('click', () => {
    paused = !paused;
    show();
    ask();
  });
  document.addEventListener('visibilitychange', () => {
    show();
    ask();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    show();
    ask();
  });
  setInterval(show, 1000);
  button.hidden = false;
  timer = setTimeout(ask, PERIOD_MS);
  show();
})();
`;
