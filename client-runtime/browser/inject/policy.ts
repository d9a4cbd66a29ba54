// SPDX-License-Identifier: Apache-2.0
// Adds the injected script, and nothing else, to what a Content-Security-Policy allows (CSP3).

/** What a policy says of scripts that stand in the page, the most particular first. */
const OF_SCRIPTS = ['script-src-elem', 'script-src', 'default-src'];

/**
 * Allows a script in policies by its hash.
 * @param policies a field's value, or several joined by commas
 * @param hash as a source: 'sha256-…' in its quotes
 */
export function allowScript(policies: string, hash: string): string {
  return policies
    .split(',')
    .map((policy) => allowedIn(policy, hash))
    .join(',');
}

function allowedIn(policy: string, hash: string): string {
  const directives = policy.split(';');
  const parsed = directives.map((directive) => {
    const [name = '', ...sources] = directive.trim().split(/[\t\n\f\r ]+/);
    return { name: name.toLowerCase(), sources };
  });
  for (const name of OF_SCRIPTS) {
    const at = parsed.findIndex((one) => one.name === name); // of two the first counts
    if (at < 0) continue;
    const sources = (parsed[at]?.sources ?? []).filter((source) => source.toLowerCase() !== "'none'");
    if (allowsInline(sources)) return policy;
    const allowed = `script-src-elem ${[...sources, hash].join(' ')}`;
    return name === 'script-src-elem' ? directives.with(at, ` ${allowed}`).join(';').trim() : `${policy.replace(/;?\s*$/, '')}; ${allowed}`;
  }
  return policy;
}

/** Whether any script in the page is allowed (CSP3 section 6.7.3.2): a hash would take that away. */
function allowsInline(sources: readonly string[]): boolean {
  const lower = sources.map((source) => source.toLowerCase());
  return lower.includes("'unsafe-inline'") && !lower.some((source) => /^'(nonce-|sha(256|384|512)-|strict-dynamic)/.test(source));
}
